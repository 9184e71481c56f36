import type { LiveDrill } from '../../drill/live-drill.ts';
import {
  LATENCY_BOUNDS_SECONDS,
  type LatencyBuckets,
  type RequestTotal,
} from '../../measure/request-totals.ts';
import type { HistogramPoint, MetricFamily, NumberPoint } from './family.ts';

/**
 * What metrics systems are told of a drill, at any time from the start of its load on. Names are those of
 * OpenTelemetry's semantic conventions (1.27 and later) where they have one. Reading changes nothing that is measured.
 */
export function liveFamilies(live: LiveDrill, nowMs: number): readonly MetricFamily[] {
  return LIVE_FAMILIES.map((familyOf) => familyOf(live, nowMs));
}

const MS_PER_SECOND = 1_000;
/** As the shop's own services number them. */
const BREAKER_STATES = { closed: 0, open: 1, halfOpen: 2 } as const;

type FamilyOf = (live: LiveDrill, nowMs: number) => MetricFamily;

const LIVE_FAMILIES: readonly FamilyOf[] = [
  ({ measurement, entryUrl }) => ({
    name: 'http.client.request.duration',
    unit: 's',
    help: 'Latency of requests from the actual send, warm-up included.',
    data: histogram(measurement.requestTotals(), ({ fromSend }) => fromSend, serverOf(entryUrl)),
  }),
  ({ measurement }) => ({
    name: 'stormcart.request.duration',
    unit: 's',
    help: 'Latency of requests from their intended start, warm-up included: what gates judge.',
    data: histogram(measurement.requestTotals(), ({ fromIntended }) => fromIntended, {}),
  }),
  ({ measurement }) => ({
    name: 'stormcart.requests',
    unit: '{request}',
    help: 'Requests that have ended, by how.',
    data: counter(
      measurement
        .requestTotals()
        .map(({ route, outcome, count }) => ({ labels: { route, outcome }, value: count })),
    ),
  }),
  ({ plan, zeroMs }, nowMs) => ({
    name: 'stormcart.load.planned',
    unit: '{journey}/s',
    help: 'Journeys per second that the plan asks for now.',
    data: gauge([
      { labels: {}, value: isWithin(plan.totalMs, nowMs - zeroMs) ? plan.rateAt(nowMs - zeroMs) : 0 },
    ]),
  }),
  ({ measurement }) => ({
    name: 'stormcart.availability',
    unit: '1',
    help: '1 − downtime ÷ measured time, so far.',
    data: gauge(known([{ labels: {}, value: measurement.availability() }])),
  }),
  ({ measurement }) => ({
    name: 'stormcart.downtime',
    unit: 's',
    help: 'Sum of the slices that were down.',
    data: counter([{ labels: {}, value: measurement.downtimeMs() / MS_PER_SECOND }]),
  }),
  ({ scenario, activeFaults }) => ({
    name: 'stormcart.fault.active',
    unit: '',
    help: '1 while the fault is on, else 0.',
    data: gauge(
      scenario.faults.map(({ id }) => ({
        labels: { fault: id },
        value: activeFaults().includes(id) ? 1 : 0,
      })),
    ),
  }),
  ({ measurement }) => ({
    name: 'stormcart.breaker.state',
    unit: '',
    help: '0 closed, 1 open, 2 half-open, as last seen to change.',
    data: gauge(
      measurement.breakers().flatMap(({ name, transitions }) =>
        [...new Map(transitions.map((each) => [each.process, each.state]))].map(([process, state]) => ({
          labels: { name, process },
          value: BREAKER_STATES[state],
        })),
      ),
    ),
  }),
  breakerCounter('opened', 'How often the breaker opened, summed over processes.'),
  breakerCounter('refused', 'Calls that the breaker refused without trying them.'),
  ({ processes }) => ({
    name: 'stormcart.process.up',
    unit: '',
    help: '1 when the process serves, else 0; nothing once the system was put away.',
    data: gauge(
      processes
        .filter((process) => process.state() !== 'stopped')
        .map((process) => ({
          labels: { process: process.name },
          value: process.state() === 'ready' ? 1 : 0,
        })),
    ),
  }),
];

function breakerCounter(what: 'opened' | 'refused', help: string): FamilyOf {
  return ({ measurement }) => ({
    name: `stormcart.breaker.${what}`,
    unit: '',
    help,
    data: counter(
      measurement
        .breakers()
        .map((breaker) => ({ labels: { name: breaker.name }, value: breaker[`${what}Count`] })),
    ),
  });
}

function counter(points: readonly NumberPoint[]): MetricFamily['data'] {
  return { kind: 'counter', points };
}

function gauge(points: readonly NumberPoint[]): MetricFamily['data'] {
  return { kind: 'gauge', points };
}

/** `url.template` holds the route's name. The method is not kept apart, so the label that conventions have for it is missing. */
function histogram(
  totals: readonly RequestTotal[],
  read: (total: RequestTotal) => LatencyBuckets,
  more: Readonly<Record<string, string>>,
): MetricFamily['data'] {
  const points = totals.map((total): HistogramPoint => {
    const { counts, count, sumSeconds } = read(total);
    const error = total.outcome === 'ok' ? {} : { 'error.type': total.outcome };
    return { labels: { 'url.template': total.route, ...error, ...more }, counts, count, sum: sumSeconds };
  });
  return {
    kind: 'histogram',
    bounds: LATENCY_BOUNDS_SECONDS,
    points: points.filter(({ count }) => count > 0),
  };
}

function serverOf(entryUrl: string): Readonly<Record<string, string>> {
  const { hostname, port, protocol } = new URL(entryUrl);
  return { 'server.address': hostname, 'server.port': port === '' ? (USUAL_PORTS[protocol] ?? '') : port };
}

const USUAL_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function isWithin(totalMs: number, ms: number): boolean {
  return ms >= 0 && ms < totalMs;
}

function known(
  points: readonly { readonly labels: NumberPoint['labels']; readonly value: number | undefined }[],
): readonly NumberPoint[] {
  return points.flatMap(({ labels, value }) => (value === undefined ? [] : [{ labels, value }]));
}
