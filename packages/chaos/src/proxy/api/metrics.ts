import type { Stream, ToxicHits } from '../active-toxic.ts';
import { addressText } from '../address.ts';
import type { Carried } from '../connection.ts';
import type { LinkProxy } from '../link-proxy.ts';
import type { ProxySet } from '../proxy-set.ts';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samplesOf: (proxy: LinkProxy) => readonly Sample[];
}

const streams: readonly Stream[] = ['upstream', 'downstream'];

const metrics: readonly Metric[] = [
  // These two have Toxiproxy's names and labels.
  {
    name: 'toxiproxy_proxy_received_bytes_total',
    type: 'counter',
    help: 'Bytes that a proxy received from the sender of a direction.',
    samplesOf: (proxy) => perStream(proxy, ({ receivedBytes }) => receivedBytes),
  },
  {
    name: 'toxiproxy_proxy_sent_bytes_total',
    type: 'counter',
    help: 'Bytes that a proxy sent on to the receiver of a direction.',
    samplesOf: (proxy) => perStream(proxy, ({ sentBytes }) => sentBytes),
  },
  {
    name: 'stormcart_proxy_connections_total',
    type: 'counter',
    help: 'Connections that a proxy has accepted.',
    samplesOf: ({ name, connections }) => [{ labels: { proxy: name }, value: connections.accepted }],
  },
  {
    name: 'stormcart_proxy_connections',
    type: 'gauge',
    help: 'Connections that are open.',
    samplesOf: ({ name, connections }) => [{ labels: { proxy: name }, value: connections.openCount }],
  },
  {
    name: 'stormcart_toxic_hit_connections_total',
    type: 'counter',
    help: 'Connections that a toxic has touched, past toxics included.',
    samplesOf: (proxy) => perToxic(proxy, ({ connections }) => connections),
  },
  {
    name: 'stormcart_toxic_hit_chunks_total',
    type: 'counter',
    help: 'Chunks of data that a toxic has touched, past toxics included.',
    samplesOf: (proxy) => perToxic(proxy, ({ chunks }) => chunks),
  },
];

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Figures of all proxies in Prometheus' text format 0.0.4. Written here because loading a client library costs the
 * proxy's process a sixth of a second, at every drill's start.
 */
export function metricsText(set: ProxySet): string {
  const lines = metrics.flatMap(({ name, type, help, samplesOf }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...set.all().flatMap((proxy) => samplesOf(proxy).map((sample) => sampleText(name, sample))),
  ]);
  return `${lines.join('\n')}\n`;
}

function perStream(proxy: LinkProxy, valueOf: (carried: Carried) => number): readonly Sample[] {
  const carried = proxy.connections.carried();
  const link = {
    proxy: proxy.name,
    listener: addressText(proxy.listen),
    upstream: proxy.state.upstream.text,
  };
  return streams.map((direction) => ({ labels: { direction, ...link }, value: valueOf(carried[direction]) }));
}

function perToxic({ name, hits }: LinkProxy, valueOf: (hits: ToxicHits) => number): readonly Sample[] {
  return Object.entries(hits).map(([toxic, counted]) => ({
    labels: { proxy: name, toxic },
    value: valueOf(counted),
  }));
}

function sampleText(name: string, { labels, value }: Sample): string {
  const told = Object.entries(labels).map(([label, text]) => `${label}="${escapeText(text)}"`);
  return `${name}{${told.join(',')}} ${value}`;
}

function escapeText(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
