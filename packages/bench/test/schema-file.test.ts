import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shop } from '@stormcart/sut';
import { expect, it } from 'vitest';
import { reportSchema } from '../src/report/report-schema.ts';
import { scenarioSchema } from '../src/scenario/scenario-schema.ts';
import { repository } from './fixture/cli.ts';

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(repository, file), 'utf8'));
}

it('keeps the schema beside the scenarios up to date: npx stormcart schema > scenarios/schema.json', async () => {
  expect(await readJson('scenarios/schema.json')).toEqual(JSON.parse(JSON.stringify(scenarioSchema(shop))));
});

it('keeps the schema of reports up to date: npx stormcart schema --report > docs/report-schema.json', async () => {
  expect(await readJson('docs/report-schema.json')).toEqual(JSON.parse(JSON.stringify(reportSchema())));
});
