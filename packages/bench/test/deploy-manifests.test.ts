import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IJob, Job } from 'kubernetes-models/batch/v1';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repository, runCli } from './fixture/cli.ts';

let folder = '';
let manifest: IJob;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-manifest-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  manifest = parse(await readFile(join(repository, 'deploy/agent-job.yaml'), 'utf8')) as IJob;
});

afterAll(() => rm(folder, { recursive: true }));

/**
 * What the compiler says to a document as a Job. The schemas let unknown keys pass, as an API server does that drops them
 * in silence; the types that were made of the same schemas do not.
 */
async function complaintsAbout(document: unknown): Promise<string> {
  const file = join(folder, 'manifest.ts');
  await writeFile(
    file,
    `import type { IJob } from 'kubernetes-models/batch/v1';\nexport const job: IJob = ${JSON.stringify(document)};\n`,
  );
  const tsc = join(repository, 'node_modules/typescript/bin/tsc');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig'];
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, ...options, file], { encoding: 'utf8' });
  return stdout + stderr;
}

it("follows Kubernetes' published schema of a Job", async () => {
  new Job(manifest).validate();
  expect(await complaintsAbout(manifest)).toBe('');
});

it('would be refused with a value of the wrong kind, and with a key that does not exist', async () => {
  const wrong = { ...manifest, spec: { ...manifest.spec, parallelism: 'three' } };
  expect(() => new Job(wrong as unknown as IJob).validate()).toThrow('parallelism must be integer');
  const unknown = { ...manifest, spec: { ...manifest.spec, paralelism: 3 } };
  expect(await complaintsAbout(unknown)).toMatch(/paralelism.* does not exist/);
});

it('starts an agent with words that the command line knows, one for each completion', async () => {
  const [container] = manifest.spec?.template.spec?.containers ?? [];
  const args = (container?.args ?? []).map((arg) => arg.replace('$(AGENT_NAME)', 'stormcart-agents-x7k2p'));
  const { code, stderr } = await runCli(args, { env: { STORMCART_REDIS: 'redis://127.0.0.1:1' } });
  expect(stderr).toContain('no Redis to meet at on 127.0.0.1:1');
  expect(code).toBe(4);
  expect(manifest.spec?.completions).toBe(manifest.spec?.parallelism);
});
