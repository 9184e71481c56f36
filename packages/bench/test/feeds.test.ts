import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../src/report/report.ts';
import { runCli } from './fixture/cli.ts';

const CODES = 40;
const NAMES = ['ada', 'grace h.', 'jean'];

/** What was asked for: the path, and the body's code. */
const asked: { readonly path: string; readonly code: unknown }[] = [];
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    asked.push({ path: request.url ?? '', code: (JSON.parse(text) as { readonly code: unknown }).code });
    response.writeHead(201).end();
  });
});

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-feeds-'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  file = join(folder, 'fed.yaml');
  await writeFile(join(folder, 'users.csv'), `name\n${NAMES.join('\n')}\n`);
  const codes = Array.from({ length: CODES }, (_, code) => `${JSON.stringify({ code })}\n`);
  await writeFile(join(folder, 'codes.jsonl'), codes.join(''));
  await writeFile(
    file,
    `version: 1
name: fed
topology: external
external: {entry: "http://127.0.0.1:${port}"}
requests:
  redeem: {method: POST, path: "/redeem/{users.name}", body: {code: "{codes.code}"}, expect: 201}
feeds:
  users: {file: users.csv}
  codes: {file: codes.jsonl, order: once}
load:
  stages: [{for: 2s, rate: ${CODES / 2}/s}]
gates:
  - success >= 100%
`,
  );
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

it('a drill sends every record of its feeds: names in turn, each code once', async () => {
  const { stdout, stderr } = await runCli(['run', file, '--json', '--out', join(folder, 'runs')]);
  if (stdout === '') throw new Error(stderr);
  const [report] = (JSON.parse(stdout) as { readonly runs: readonly Report[] }).runs;
  expect(report?.gates[0]).toMatchObject({ kind: 'pass' });
  expect(asked.map(({ code }) => code).toSorted((left, right) => Number(left) - Number(right))).toEqual(
    Array.from({ length: CODES }, (_, code) => code),
  );
  const counts = Map.groupBy(asked, ({ path }) => path);
  expect([...counts].map(([path, { length }]) => [path, length])).toEqual(
    NAMES.map((name, index) => [`/redeem/${encodeURIComponent(name)}`, index === 0 ? 14 : 13]),
  );
});

it('a load that needs one code more than there are is refused before anything is sent', async () => {
  const { length } = asked;
  const flags = ['--set', `load.stages.0.rate=${(CODES + 2) / 2}/s`];
  const { code, stderr } = await runCli(['run', file, ...flags, '--out', join(folder, 'runs')]);
  expect(code).toBe(2);
  expect(stderr).toContain(
    `fed.yaml:9:37: codes.jsonl has ${CODES} records to be used once each, and this load makes 42 visits that need one`,
  );
  expect(asked).toHaveLength(length);
});

it('a bad line of a file is told with its number', async () => {
  await writeFile(join(folder, 'users.csv'), 'name\nada\n"grace\n');
  const { code, stderr } = await runCli(['validate', file]);
  expect(code).toBe(2);
  expect(stderr).toContain('fed.yaml:8:17: users.csv:3: a quote is not closed');
});
