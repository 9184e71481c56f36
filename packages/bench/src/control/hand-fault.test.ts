import { expect, it } from 'vitest';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import { goodText, scenarioOf } from '../../test/fixture/read-scenario.ts';
import { readHandFault } from './hand-fault.ts';

const scenario = scenarioOf(goodText);
const read = (entry: Readonly<Record<string, unknown>>) =>
  readHandFault(entry, 'hand-1', scenario, paperShop);

it('reads an entry as a scenario would, patterns resolved and settings complete', () => {
  const fault = read({ for: '5s', link: '*->redis', toxic: 'latency', latency: '200ms' });
  expect(fault).toMatchObject({ id: 'hand-1', forMs: 5_000, target: { family: 'link', kind: 'latency' } });
  expect(fault.target.targets.length).toBeGreaterThan(0);
  expect(fault.target.attributes['latency']).toBe(200);
});

it.each([
  [{ for: '5s', link: '*->redsi', toxic: 'timeout' }, /no link matches .*did you mean \*->redis/],
  [{ for: '5s', link: '*->redis', toxic: 'timeot' }, /did you mean timeout/],
  [{ for: 5, link: '*->redis', toxic: 'timeout' }, /for/],
  [{ link: '*->redis', toxic: 'timeout' }, /for/],
  [{ for: '5s', link: '*->redis', toxic: 'timeout', laetncy: '2s' }, /laetncy/],
  [{}, /for/],
])('refuses %j with what would be right', (entry, message) => {
  expect(() => read(entry)).toThrow(message);
});
