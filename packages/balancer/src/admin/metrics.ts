import type { BackendReport } from '../backend/backend.ts';
import type { BalancerStatus } from './admin-server.ts';
import type { RequestCount } from './request-counts.ts';

interface Family<Subject> {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly value: (subject: Subject) => number;
}

const OF_BALANCER: readonly Family<BalancerStatus>[] = [
  {
    name: 'retries_total',
    type: 'counter',
    help: 'Further attempts on a back end.',
    value: ({ counts }) => counts.retryCount,
  },
  {
    name: 'client_connections',
    type: 'gauge',
    help: 'Open client connections.',
    value: (status) => status.clientCount(),
  },
  {
    name: 'tls_handshakes_total',
    type: 'counter',
    help: 'Client connections that were encrypted.',
    value: ({ handshakes }) => handshakes.completedCount,
  },
  {
    name: 'tls_handshake_failures_total',
    type: 'counter',
    help: 'Client connections that did not come to be encrypted.',
    value: ({ handshakes }) => handshakes.failedCount,
  },
  {
    name: 'tls_handshake_refusals_total',
    type: 'counter',
    help: 'Client connections closed at once because too many handshakes were under way.',
    value: ({ handshakes }) => handshakes.refusedCount,
  },
  {
    name: 'access_lines_dropped_total',
    type: 'counter',
    help: 'Access log lines that found no room or could not be written.',
    value: ({ accessLog }) => accessLog.droppedCount,
  },
];

const OF_REQUESTS: readonly Family<RequestCount>[] = [
  { name: 'requests_total', type: 'counter', help: 'Finished requests.', value: ({ count }) => count },
  {
    name: 'request_seconds_total',
    type: 'counter',
    help: 'How long finished requests took in all.',
    value: ({ durationMsSum }) => durationMsSum / 1_000,
  },
];

const OF_BACKENDS: readonly Family<BackendReport>[] = [
  {
    name: 'backend_in_rotation',
    type: 'gauge',
    help: '1 when it gets requests.',
    value: (one) => Number(one.isInRotation),
  },
  {
    name: 'backend_in_flight',
    type: 'gauge',
    help: 'Requests under way.',
    value: (one) => one.inFlightCount,
  },
  {
    name: 'backend_connections',
    type: 'gauge',
    help: 'Open connections to it.',
    value: (one) => one.connectionCount,
  },
  {
    name: 'backend_waiting',
    type: 'gauge',
    help: 'Requests that wait for a connection to it.',
    value: (one) => one.waitingCount,
  },
  {
    name: 'backend_requests_total',
    type: 'counter',
    help: 'Requests handed to it.',
    value: (one) => one.requestCount,
  },
  {
    name: 'backend_failures_total',
    type: 'counter',
    help: 'Requests it did not answer completely.',
    value: (one) => one.failureCount,
  },
  {
    name: 'backend_refusals_total',
    type: 'counter',
    help: 'Connections it did not accept.',
    value: (one) => one.refusalCount,
  },
  {
    name: 'backend_probe_failures_total',
    type: 'counter',
    help: 'Failed health probes.',
    value: (one) => one.probeFailureCount,
  },
];

type Labels = Readonly<Record<string, string>>;

/** Everything that is counted, in the Prometheus text format 0.0.4. */
export function renderMetrics(status: BalancerStatus): string {
  const reports = status.pools.flatMap((pool) => pool.backends.map((backend) => backend.report()));
  return [
    ...OF_BALANCER.map((family) => render(family, [status], () => ({}))),
    ...OF_REQUESTS.map((family) => render(family, status.counts.all(), requestLabels)),
    ...OF_BACKENDS.map((family) => render(family, reports, backendLabels)),
  ].join('');
}

function requestLabels({ pool, backend, statusClass }: RequestCount): Labels {
  return { pool, backend, status: statusClass };
}

function backendLabels({ pool, name }: BackendReport): Labels {
  return { pool, backend: name };
}

function render<Subject>(
  family: Family<Subject>,
  subjects: readonly Subject[],
  labelsOf: (subject: Subject) => Labels,
): string {
  const name = `stormcart_balancer_${family.name}`;
  const samples = subjects.map(
    (subject) => `${name}${labelText(labelsOf(subject))} ${family.value(subject)}\n`,
  );
  return `# HELP ${name} ${family.help}\n# TYPE ${name} ${family.type}\n${samples.join('')}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
