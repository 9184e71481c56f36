import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shop } from '@stormcart/sut';
import { expect, it } from 'vitest';
import { repository } from '../fixture/cli.ts';
import { drillKinds } from './drill-kind.ts';
import { mutants } from './mutant-table.ts';

const settings = Object.entries(drillKinds).map(([name, { setting }]) => ({ name, changes: setting }));

it.each([...mutants, ...settings])('$name still fits the code', async ({ changes }) => {
  for (const { file, exchanges } of changes) {
    const text = await readFile(join(repository, file), 'utf8');
    for (const { from } of exchanges) expect(text.split(from), `${file}: ${from}`).toHaveLength(2);
  }
});

it('has a mutant for every invariant of the shop', () => {
  const tripped = new Set(mutants.map(({ trips }) => trips));
  expect(shop.invariants.map(({ name }) => name).filter((name) => !tripped.has(name))).toEqual([]);
});
