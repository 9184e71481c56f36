import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadReport } from '../src/report/load-report.ts';
import { runCli, startCli } from './fixture/cli.ts';

let server: Server;
let url = '';

beforeAll(async () => {
  let count = 0;
  // Every tenth answer is wrong.
  server = createServer((request, response) => {
    if (request.url === '/slow') {
      setTimeout(() => response.end('{}'), 1_500);
      return;
    }
    count += 1;
    response.statusCode = count % 10 === 0 ? 500 : 200;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

it('prints ledger, both latencies and availability of any HTTP server as one JSON document', async () => {
  const { stdout } = await runCli(['load', url, '--rate', '100/s', '--for', '2s', '--json']);
  const report = JSON.parse(stdout) as LoadReport;
  expect(report.ledger).toMatchObject({ planned: 200, ok: 180, httpError: 20 });
  expect(report.latency?.p50Ms).toBeGreaterThan(0);
  expect(report.latencyFromSend?.p50Ms).toBeLessThanOrEqual(report.latency?.p50Ms ?? 0);
  // 90 % of each slice succeeds, which is under the usual 95 %.
  expect(report.availability.fraction).toBe(0);
  expect(report.availability.successFraction).toBe(0.9);
});

it.each([
  [['--max-in-flight', '20'], 10_000, /^$/, 'dropped'],
  [[], 48, /connections could not be opened/, 'connectError'],
] as const)(
  'never passes when it is capped in connections: %j and %d file descriptors',
  async (flags, descriptors, reason, outcome) => {
    const program = startCli(['load', `${url}slow`, '--rate', '150/s', '--for', '1s', '--json', ...flags], {
      descriptors,
    });
    const { stdout, code } = await program.ended;
    const { ledger, generator } = JSON.parse(stdout) as LoadReport;
    expect(ledger[outcome]).toBeGreaterThan(50);
    expect(generator.reasons.join()).toMatch(reason);
    expect(code).toBe(3);
  },
);

/** Each takes all that it gets of a core; they end by themselves, should nobody end them. */
const BURN = 'const untilMs = Date.now() + 30_000; while (Date.now() < untilMs);';

it('never passes when it is starved of CPU: it says so, and ends with 3', async () => {
  const burners = Array.from({ length: 4 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', BURN], { stdio: 'ignore' }),
  );
  try {
    // More than a fifth of a core can send, which is what they leave it.
    const { stdout, code } = await runCli(['load', url, '--rate', '20000/s', '--for', '2s', '--json']);
    const { generator, ledger } = JSON.parse(stdout) as LoadReport;
    expect(generator.isSaturated).toBe(true);
    expect(generator.reasons.join()).toMatch(/late or more|lagged|were achieved of/);
    expect(ledger.planned).toBe(40_000);
    expect(code).toBe(3);
  } finally {
    const gone = burners.map((burner) => once(burner, 'exit'));
    for (const burner of burners) burner.kill('SIGKILL');
    await Promise.all(gone);
  }
});

it('labels the closed loop as what it is', async () => {
  const { stdout, code } = await runCli([
    'load',
    url,
    '--closed',
    '--connections',
    '2',
    '--for',
    '1s',
    '--json',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'closedLoop', connections: 2 });
  expect(code).toBe(0);
});

it('ends with 1 where nothing answers', async () => {
  const { stdout, code } = await runCli([
    'load',
    'http://127.0.0.1:1/',
    '--rate',
    '20/s',
    '--for',
    '1s',
    '--json',
  ]);
  const { ledger, connectErrors = {} } = JSON.parse(stdout) as LoadReport;
  expect(ledger).toMatchObject({ planned: 20, connectError: 20 });
  expect(Object.entries(connectErrors)).toEqual([[expect.stringContaining('ECONNREFUSED'), 20]]);
  expect(code).toBe(1);
});

it('prints what was measured so far when it is interrupted, and ends with 130', async () => {
  const load = startCli(['load', url, '--rate', '50/s', '--for', '60s', '--json']);
  await load.said('requests to');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  load.child.kill('SIGINT');
  const { stdout, code } = await load.ended;
  const { planned } = (JSON.parse(stdout) as LoadReport).ledger;
  expect(planned).toBeGreaterThan(5);
  expect(planned).toBeLessThan(3_000);
  expect(code).toBe(130);
});
