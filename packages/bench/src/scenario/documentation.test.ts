import { readFileSync } from 'node:fs';
import { type FaultKind, faultFamilies, faultKinds } from '@stormcart/chaos';
import { shop } from '@stormcart/sut';
import { describe, expect, it } from 'vitest';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import { scenarioOf, warningsOf } from '../../test/fixture/read-scenario.ts';
import { metrics } from '../judge/metric/table.ts';
import { scenarioFormat } from './format/scenario-format.ts';
import { usualConfig } from './scenario-schema.ts';

const page = readFileSync(new URL('../../../../docs/scenario.md', import.meta.url), 'utf8');
const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];

describe('the reference of the scenario file', () => {
  it('shows a scenario that is right as it stands', () => {
    expect(scenarioOf(example).name).toBe('redis-blackhole');
    expect(warningsOf(example)).toEqual([]);
  });

  it('names every key, metric, label, toxic, setting and action', () => {
    const format = scenarioFormat(paperShop.options, paperShop.describe(usualConfig(paperShop)));
    const offers = shop.describe(usualConfig(shop));
    const kinds = Object.values(faultFamilies).flatMap((family): [string, FaultKind][] =>
      Object.entries(faultKinds(family, offers)),
    );
    const names = [
      ...Object.keys(format.shape).filter((key) => key !== 'balancer'),
      ...Object.keys(format.shape.load.shape),
      ...metrics.map((metric) => metric.name),
      ...Object.values(faultFamilies).flatMap(({ targetKey, kindKey }) => [targetKey, kindKey]),
      ...kinds.flatMap(([name, { attributes }]) => [name, ...Object.keys(attributes)]),
    ];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    const labels = metrics.flatMap((metric) => Object.keys(metric.labels));
    const table = page.slice(page.indexOf('| metric |'));
    expect(labels.filter((label) => !table.includes(label))).toEqual([]);
  });
});
