import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppError } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import { loadScenario } from './scenario-files.ts';

const SCENARIO = `version: 1
name: login
requests:
  login: {path: "/users/{users.name}"}
feeds:
  users: {file: users.csv}
load:
  stages: [{for: 1s, rate: 1/s}]
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-scenario-files-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(users: Buffer) {
  await writeFile(join(folder, 'users.csv'), users);
  await writeFile(join(folder, 'login.yaml'), SCENARIO);
  return loadScenario(join(folder, 'login.yaml'), paperShop);
}

describe('a file beside a scenario', () => {
  it('is read as UTF-8, and what is doubtful is called a warning', async () => {
    const { warnings } = await load(Buffer.from('name\nMüller\n'));
    expect(warnings).toMatch(/login\.yaml:\d+:\d+: warning: a slice gets 0.2 requests/);
  });

  it('is refused where it is anything else, instead of being sent with its letters replaced', async () => {
    const refusal = await load(Buffer.from('name\nM\u00FCller\n', 'latin1')).catch(
      (error: AppError) => error,
    );
    expect(refusal).toMatchObject({ hint: expect.stringContaining('users.csv: it is not UTF-8') });
  });
});
