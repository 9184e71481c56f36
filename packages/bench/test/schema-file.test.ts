import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shop } from '@stormcart/sut';
import { expect, it } from 'vitest';
import { scenarioSchema } from '../src/scenario/scenario-schema.ts';
import { repository } from './fixture/cli.ts';

it('keeps the schema beside the scenarios up to date: npx stormcart schema > scenarios/schema.json', async () => {
  const file = await readFile(join(repository, 'scenarios/schema.json'), 'utf8');
  expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(scenarioSchema(shop))));
});
