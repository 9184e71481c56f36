import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, runCli } from './fixture/cli.ts';

const GOOD = `version: 1
name: example
about: An example.
hypothesis: It holds.
seed: 1
load:
  mix: {browse: 1}
  stages:
    - {for: 2s, rate: 10/s, warmup: true}
    - {for: 10s, rate: 10/s}
faults:
  - {id: hole, at: 4s, for: 4s, link: "*->redis", toxic: timeout}
gates:
  - p99{route=product,during=hole} < 400ms
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-bad-input-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function runFile(content: string | Buffer): Promise<Ended> {
  const file = join(folder, 'scenario.yaml');
  await writeFile(file, content);
  return runCli(['run', file]);
}

describe('a scenario that cannot run', () => {
  it.each([
    ['a misspelt key', GOOD.replace('  stages:', '  stagse:'), /:8:\d+: .*stagse/, /did you mean stages\?/],
    ['a number without its unit', GOOD.replace('rate: 10/s}', 'rate: 10}'), /:10:\d+: /, /40\/s/],
    ['a wrong unit', GOOD.replace('at: 4s', 'at: 4MiB'), /:12:\d+: .*4MiB/, /15s/],
    ['an unknown link', GOOD.replace('*->redis', '*->rediss'), /:12:\d+: .*rediss/, /catalog->redis/],
    [
      'an unknown route in a gate',
      GOOD.replace('route=product', 'route=produkt'),
      /:14:\d+: .*produkt/,
      /did you mean .*product/,
    ],
    [
      'an unknown fault in a gate',
      GOOD.replace('during=hole', 'during=whole'),
      /:14:\d+: .*whole/,
      /did you mean .*hole/,
    ],
    ['an empty file', '', /:1:\d+: /, /empty/],
    [
      'a binary file',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff, 0xfe]),
      /:1:\d+: /,
      /text|UTF-8|binary/,
    ],
    ['something that is no YAML', 'a: [1, 2\nb: }', /:\d+:\d+: /, /YAML|flow|expected/i],
  ])(
    '%s ends with 2 and says where and what instead, before anything boots',
    async (_, content, where, what) => {
      const { code, stdout, stderr } = await runFile(content);
      expect(stderr).toMatch(where);
      expect(stderr).toMatch(what);
      expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
      expect(stderr).not.toContain('up after');
      expect(stdout).toBe('');
      expect(code).toBe(2);
    },
  );

  it('reports every problem at once', async () => {
    const { stderr } = await runFile(GOOD.replace('version: 1', 'version: 9').replace('browse', 'brows'));
    expect(stderr).toMatch(/:1:\d+:/);
    expect(stderr).toMatch(/:7:\d+:/);
  });

  it('is found before the scenarios in front of it boot', async () => {
    const good = join(folder, 'good.yaml');
    const bad = join(folder, 'bad.yaml');
    await writeFile(good, GOOD);
    await writeFile(bad, GOOD.replace('about', 'abuot'));
    const { code, stderr } = await runCli(['run', good, bad]);
    expect(code).toBe(2);
    expect(stderr).not.toContain('up after');
  });
});

describe('bad usage', () => {
  it.each([
    [['run', 'redis-blackhol'], /did you mean redis-blackhole\?/],
    [['run'], /missing required argument/],
    [['rnu'], /Did you mean run\?/],
    [['run', 'steady', '--sede', '4'], /Did you mean --seed\?/],
    [['run', 'steady', '--seed', 'x'], /whole number/],
    [['run', 'steady', '--set', 'nonsense'], /path=value/],
    [['run', 'steady', '--topology', 'cloud'], /single/],
    [['load', 'ftp://127.0.0.1/', '--rate', '1/s', '--for', '1s'], /http/],
    [['load', 'http://127.0.0.1:1/', '--rate', '500', '--for', '1s'], /500\/s|40\/s/],
    [['audit', '/nonexistent'], /nonexistent/],
  ])('%j ends with 2 and says what is accepted', async (args, message) => {
    const { code, stderr } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect(code).toBe(2);
  });
});

it.each([['load', '--rate', '1/s', '--for', '1s'], ['load', '--closed', '--for', '1s'], ['capacity']])(
  '%s %s of a host that nobody knows ends with 4 and names it',
  async (command, ...flags) => {
    const { code, stderr } = await runCli([command, 'http://shop.invalid/', ...flags]);
    expect(stderr).toMatch(/no address is known for shop\.invalid/);
    expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect(code).toBe(4);
  },
);

it('lets a good file pass validation without booting anything', async () => {
  const file = join(folder, 'scenario.yaml');
  await writeFile(file, GOOD);
  const { code, stderr } = await runCli(['validate', file]);
  expect(stderr).toContain('ok');
  expect(code).toBe(0);
});
