import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usualConfig } from '../scenario/scenario-schema.ts';
import { loadModule } from './load-module.ts';

let folder = '';
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-module-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Each under a name of its own: a module is imported once only. */
async function load(source: string) {
  count += 1;
  const name = `system-${count}.mjs`;
  await writeFile(join(folder, name), source);
  return loadModule(`./${name}`, join(folder, 'drill.yaml'));
}

const LEAST = `{
  name: 'mine',
  describe: () => ({ journeys: [{ name: 'visit', about: 'a visit', routes: ['home'] }], links: [{ name: 'a->b', from: 'a', to: 'b' }] }),
  boot: async () => ({ entryUrl: 'http://127.0.0.1:1', journeys: [] }),
}`;

describe("a user's module", () => {
  it.each([
    ['default', `export default ${LEAST}`],
    ['system', `export const system = ${LEAST}`],
  ])('is found as %s, and completed', async (_, source) => {
    const loaded = await load(source);
    if (loaded.kind === 'bad') throw new Error(loaded.problem);
    const { system } = loaded;
    expect(system).toMatchObject({
      name: 'mine',
      options: { topologies: ['single'], services: {}, policies: {}, algorithms: [] },
      invariants: [],
    });
    expect(system.describe(usualConfig(system))).toMatchObject({
      processes: [],
      breakers: [],
      invariants: [],
      links: [{ name: 'a->b' }],
    });
    expect(await system.requirements(usualConfig(system))).toEqual([]);
    const running = await system.boot(usualConfig(system), {
      signal: new AbortController().signal,
    } as Parameters<typeof system.boot>[1]);
    expect(running.processes).toEqual([]);
    expect(await running.drain(new AbortController().signal)).toEqual({ isDrained: true, remaining: [] });
    expect(await running.snapshot(new AbortController().signal)).toEqual({});
    await running.close();
  });

  it('is described by its invariants', async () => {
    const invariants = `invariants: [{ name: 'kept', about: 'nothing is lost', check: () => ({}) }],`;
    const loaded = await load(`export default { ${invariants} ...${LEAST} }`);
    if (loaded.kind === 'bad') throw new Error(loaded.problem);
    expect(loaded.system.describe(usualConfig(loaded.system)).invariants).toEqual([
      { name: 'kept', about: 'nothing is lost' },
    ]);
  });

  it.each([
    ['does not compile', 'export default {', /cannot be imported: .*Unexpected|cannot be imported/],
    ['throws', 'throw new Error("no luck")', /cannot be imported: no luck/],
    ['exports nothing', '', /no default export and none named `system`; it exports nothing/],
    ['exports something else', 'export const sytem = 1', /it exports sytem/],
    ['exports a number', 'export default 5', /is no system/],
    [
      'has no boot',
      `export default { ...${LEAST}, boot: undefined }`,
      /is no system: boot: must be a function/,
    ],
    [
      'has an invariant without a check',
      `export default { ...${LEAST}, invariants: [{ name: 'x', about: '' }] }`,
      /invariants\.0\.check: must be a function/,
    ],
    [
      'describes no journeys',
      `export default { ...${LEAST}, describe: () => ({}) }`,
      /describes is no system: journeys/,
    ],
    [
      'describes a journey without routes',
      `export default { ...${LEAST}, describe: () => ({ journeys: [{ name: 'a', about: '', routes: [] }] }) }`,
      /journeys\.0\.routes/,
    ],
    [
      'throws while it describes',
      `export default { ...${LEAST}, describe: () => { throw new Error('lost') } }`,
      /mine cannot describe itself: lost/,
    ],
    [
      'has a policy without words',
      `export default { ...${LEAST}, options: { policies: { cache: { accepted: [], usual: 'x' } } } }`,
      /options\.policies\.cache\.accepted/,
    ],
  ])('that %s is refused in one sentence', async (_, source, problem) => {
    const loaded = await load(source);
    expect(loaded).toMatchObject({ kind: 'bad', problem: expect.stringMatching(problem) });
  });

  it('that is not there is refused with where it was looked for', async () => {
    expect(await loadModule('./none.ts', join(folder, 'drill.yaml'))).toEqual({
      kind: 'bad',
      problem: `there is no file ${join(folder, 'none.ts')}`,
    });
  });

  it.each([
    ['throws', `() => { throw new Error('port taken') }`, /mine could not be booted: port taken/],
    [
      'has no address',
      `async () => ({ entryUrl: 'here', journeys: [] })`,
      /its entryUrl is "here", which is no URL/,
    ],
  ])('whose boot %s fails as the environment does', async (_, boot, message) => {
    const loaded = await load(`export default { ...${LEAST}, boot: ${boot} }`);
    if (loaded.kind === 'bad') throw new Error(loaded.problem);
    const context = { signal: new AbortController().signal } as Parameters<typeof loaded.system.boot>[1];
    await expect(loaded.system.boot(usualConfig(loaded.system), context)).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringMatching(message),
    });
  });
});
