import type { FaultProxy } from '../proxy/fault-proxy.ts';
import type { Fault } from './fault.ts';
import type { LinkFaultName } from './link-kinds.ts';
import { settleAll } from './settle-all.ts';

export interface LinkFaultOptions {
  readonly id: string;
  readonly toxic: LinkFaultName;
  readonly links: readonly string[];
  /** The proxies of `links`. */
  readonly proxies: readonly string[];
  /** By the names and in the base units of `linkFaultKinds`, complete. */
  readonly attributes: Readonly<Record<string, number>>;
  readonly direction: 'upstream' | 'downstream' | 'both';
  /** Share of connections, 0 to 1. */
  readonly share: number;
  readonly faultProxy: FaultProxy;
}

interface Placement {
  readonly proxy: string;
  readonly toxic: string;
  readonly stream: 'upstream' | 'downstream';
}

/** One toxic on each direction of each link, named after the fault: faults on one link do not undo each other. */
export function createLinkFault(options: LinkFaultOptions): Fault {
  const { id, toxic, links, faultProxy, share } = options;
  const placements = placementsOf(options);
  const attributes = toxicAttributes(toxic, options.attributes);
  const proxies = [...new Set(options.proxies)];
  return {
    id,
    about: `${toxic} on ${links.join(', ')}`,
    apply: (forMs, signal) =>
      settleAll(
        placements.map(({ proxy, toxic: name, stream }) =>
          faultProxy.addToxic(
            proxy,
            { name, type: toxic, stream, toxicity: share, attributes, ttlMs: forMs },
            signal,
          ),
        ),
      ),
    revert: (signal) =>
      settleAll(placements.map(({ proxy, toxic: name }) => faultProxy.removeToxic(proxy, name, signal))),
    verifyGone: async (signal) => {
      const answers = await Promise.all(proxies.map((proxy) => isGone(proxy, signal)));
      return answers.every(Boolean);
    },
    hits: async () => {
      const counts = await Promise.all(proxies.map(hitsOf));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };

  async function isGone(proxy: string, signal: AbortSignal): Promise<boolean> {
    const names = new Set(placements.map((placement) => placement.toxic));
    const active = await faultProxy.toxics(proxy, signal);
    if (active.some(({ name }) => names.has(name))) return false;
    // Another fault may keep the link down for longer; that is not ours to answer for.
    return active.some(({ type }) => type === 'down') || faultProxy.isListening(proxy, signal);
  }

  /** Both directions of one connection count once. */
  async function hitsOf(proxy: string): Promise<number> {
    const counts = await faultProxy.hits(proxy);
    const ours = placements.filter((placement) => placement.proxy === proxy);
    return Math.max(0, ...ours.map((placement) => counts[placement.toxic]?.connections ?? 0));
  }
}

function placementsOf({ id, toxic, proxies, direction }: LinkFaultOptions): readonly Placement[] {
  // A listener has no direction: one toxic closes it.
  if (toxic === 'down') return proxies.map((proxy) => ({ proxy, toxic: id, stream: 'downstream' }));
  const streams = direction === 'both' ? (['upstream', 'downstream'] as const) : [direction];
  return proxies.flatMap((proxy) => streams.map((stream) => ({ proxy, toxic: `${id}_${stream}`, stream })));
}

/** From a scenario's base units to those of the proxy: bandwidth is given there in thousands of bytes. */
function toxicAttributes(
  toxic: LinkFaultName,
  attributes: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return toxic === 'bandwidth' ? { ...attributes, rate: (attributes['rate'] ?? 0) / 1_000 } : attributes;
}
