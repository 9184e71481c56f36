import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildReport } from '../src/report/build-report.ts';
import { openTelemetry } from '../src/report/metrics/telemetry.ts';
import type { OtlpSettings } from '../src/report/otlp/otlp-settings.ts';
import { readOpenMetrics } from './fixture/read-openmetrics.ts';
import { simulateDrill } from './fixture/simulated-drill.ts';

/** A drill whose clock is the machine's: it began a second ago. */
function runningDrill() {
  const record = simulateDrill({ outcome: 'fails' });
  const live = { ...record.performance.live, zeroMs: performance.now() - 1_000 };
  return { live, report: buildReport(record), ledger: record.performance.measurement.ledger() };
}

const int64 = z.string().regex(/^\d+$/);
const attributes = z.array(
  z.strictObject({ key: z.string().min(1), value: z.strictObject({ stringValue: z.string() }) }),
);
const times = { attributes, startTimeUnixNano: int64, timeUnixNano: int64 };
const numbers = z.array(z.strictObject({ ...times, asDouble: z.number() }));
const naming = { name: z.string().regex(/^[a-z][a-z0-9._]*$/), description: z.string(), unit: z.string() };
const metric = z.union([
  z.strictObject({ ...naming, gauge: z.strictObject({ dataPoints: numbers }) }),
  z.strictObject({
    ...naming,
    sum: z.strictObject({
      aggregationTemporality: z.literal(2),
      isMonotonic: z.literal(true),
      dataPoints: numbers,
    }),
  }),
  z.strictObject({
    ...naming,
    histogram: z.strictObject({
      aggregationTemporality: z.literal(2),
      dataPoints: z.array(
        z.strictObject({
          ...times,
          count: int64,
          sum: z.number(),
          bucketCounts: z.array(int64),
          explicitBounds: z.array(z.number()),
        }),
      ),
    }),
  }),
]);
/** An ExportMetricsServiceRequest in JSON, as opentelemetry-proto has it; unknown members are refused. */
const exportRequest = z.strictObject({
  resourceMetrics: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeMetrics: z.array(
        z.strictObject({ scope: z.strictObject({ name: z.string() }), metrics: z.array(metric) }),
      ),
    }),
  ),
});
type ExportRequest = z.infer<typeof exportRequest>;

interface Collector {
  readonly settings: OtlpSettings;
  readonly received: readonly ExportRequest[];
  readonly headers: readonly (string | undefined)[];
  attempts(): number;
}

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

type Answering = (attempt: number) => { readonly status: number; readonly body?: string } | 'never';

/** A collector that parses what it gets, and answers 400 to what it cannot. */
async function startCollector(answering: Answering, timeoutMs = 5_000): Promise<Collector> {
  const received: ExportRequest[] = [];
  const headers: (string | undefined)[] = [];
  let attempts = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const piece of request.setEncoding('utf8')) text += piece as string;
    attempts += 1;
    const answer = answering(attempts);
    if (answer === 'never') return;
    if (answer.status === 200) {
      const parsed = exportRequest.safeParse(JSON.parse(text));
      if (!parsed.success) {
        response.writeHead(400).end(z.prettifyError(parsed.error));
        return;
      }
      received.push(parsed.data);
      headers.push(request.headers['x-team'] as string | undefined);
    }
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body ?? '{}');
  };
  const server = createServer((request, response) => void handle(request, response));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings: OtlpSettings = {
    endpoint: new URL(`http://127.0.0.1:${port}/v1/metrics`),
    headers: { 'x-team': 'shop' },
    timeoutMs,
    intervalMs: 3_600_000,
    resource: { 'service.name': 'stormcart' },
  };
  return { settings, received, headers, attempts: () => attempts };
}

/** One drill from its load to its end; resolves with what was told. */
async function tellOf(otlp: OtlpSettings): Promise<readonly string[]> {
  const told: string[] = [];
  const { live, report } = runningDrill();
  const telemetry = await openTelemetry({ otlp, tell: (text) => void told.push(text) });
  telemetry.follow(live);
  telemetry.judged(report);
  await telemetry.close();
  return told;
}

const namesIn = (request: ExportRequest | undefined): readonly string[] =>
  request?.resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
  ) ?? [];

describe('the live endpoint', () => {
  it('shows the drill that runs, in OpenMetrics, and nothing else', async () => {
    const told: string[] = [];
    const telemetry = await openTelemetry({
      listen: { host: '127.0.0.1', port: 0 },
      tell: (text) => void told.push(text),
    });
    try {
      const url = /http:\S+/.exec(told[0] ?? '')?.[0] ?? '';
      expect(readOpenMetrics(await (await fetch(url)).text()).size).toBe(0);
      const { live, report, ledger } = runningDrill();
      telemetry.follow(live);
      const answer = await fetch(url);
      expect(answer.headers.get('content-type')).toBe(
        'application/openmetrics-text; version=1.0.0; charset=utf-8',
      );
      const samples = readOpenMetrics(await answer.text()).get('stormcart_requests')?.samples ?? [];
      expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(ledger.planned);
      expect(samples.every(({ labels }) => labels['scenario'] === 'redis-blackhole')).toBe(true);
      telemetry.judged(report);
      expect(await (await fetch(url)).text()).toContain('stormcart_drill_verdict');
      expect((await fetch(new URL('/', url))).status).toBe(404);
      expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    } finally {
      await telemetry.close();
    }
  });

  it('is refused before any drill where somebody else listens', async () => {
    const { settings } = await startCollector(() => 'never');
    const listen = { host: '127.0.0.1', port: Number(settings.endpoint.port) };
    const opening = openTelemetry({ listen, tell: () => undefined });
    await expect(opening).rejects.toMatchObject({ kind: 'environment', code: 'NO_METRICS_ENDPOINT' });
  });
});

describe('the OTLP export', () => {
  it('sends what a collector can parse, and the same counts as the ledger', async () => {
    const collector = await startCollector(() => ({ status: 200 }));
    expect(await tellOf(collector.settings)).toEqual([]);
    const [request] = collector.received;
    expect(collector.headers).toEqual(['shop']);
    expect(namesIn(request)).toContain('http.client.request.duration');
    expect(namesIn(request)).toContain('stormcart.drill.verdict');
    const metrics = request?.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
    const requests = metrics.find(({ name }) => name === 'stormcart.requests');
    const points = requests !== undefined && 'sum' in requests ? requests.sum.dataPoints : [];
    expect(points.reduce((sum, { asDouble }) => sum + asDouble, 0)).toBe(runningDrill().ledger.planned);
    for (const each of metrics.flatMap((found) => ('histogram' in found ? found.histogram.dataPoints : []))) {
      expect(each.bucketCounts).toHaveLength(each.explicitBounds.length + 1);
      expect(each.bucketCounts.reduce((sum, count) => sum + Number(count), 0)).toBe(Number(each.count));
    }
    const [point] = points;
    const spanMs = (Number(point?.timeUnixNano) - Number(point?.startTimeUnixNano)) / 1e6;
    expect(spanMs).toBeGreaterThanOrEqual(1_000);
    expect(Math.abs(Number(point?.timeUnixNano) / 1e6 - Date.now())).toBeLessThan(60_000);
  });

  it('tries again when a collector asks for it, and tells what went wrong', async () => {
    const collector = await startCollector((attempt) => ({ status: attempt === 1 ? 503 : 200 }));
    const told = await tellOf(collector.settings);
    expect(collector.received).toHaveLength(1);
    expect(told).toEqual(['OTLP export: 1 of 1 export arrived (the collector answered 503)']);
  });

  it('gives up what a collector refuses, and tells of points that it refuses', async () => {
    const refusing = await startCollector(() => ({ status: 401 }));
    expect(await tellOf(refusing.settings)).toEqual([
      'OTLP export: 0 of 1 export arrived (the collector answered 401)',
    ]);
    const partialSuccess = { rejectedDataPoints: '3', errorMessage: 'too old' };
    const choosy = await startCollector(() => ({ status: 200, body: JSON.stringify({ partialSuccess }) }));
    expect(await tellOf(choosy.settings)).toEqual([
      'OTLP export: 1 of 1 export arrived, 3 points refused (too old)',
    ]);
  });

  it('ends within its timeout when a collector never answers, and drops the oldest of what waits', async () => {
    const collector = await startCollector(() => 'never', 400);
    const told: string[] = [];
    const { live, report } = runningDrill();
    const telemetry = await openTelemetry({ otlp: collector.settings, tell: (text) => void told.push(text) });
    telemetry.follow(live);
    for (let time = 0; time < 12; time += 1) telemetry.judged(report);
    await telemetry.close();
    expect(told[0]).toMatch(/^OTLP export: 0 of 12 exports arrived \(/);
    // One in flight and four waiting would be tried one after the other if each had a timeout of its own.
    expect(collector.attempts()).toBeLessThan(5);
  });

  it('says so when there is no collector at all', async () => {
    const collector = await startCollector(() => ({ status: 200 }));
    for (const server of servers.splice(0)) {
      server.close();
      await once(server, 'close');
    }
    const told = await tellOf({ ...collector.settings, timeoutMs: 300 });
    expect(told[0]).toMatch(/^OTLP export: 0 of 1 export arrived \(.*ECONNREFUSED/);
  });
});
