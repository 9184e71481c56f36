import { ZodError } from 'zod';
import { ChaosError } from '../../chaos-error.ts';
import type { FaultProxy } from '../../proxy/fault-proxy.ts';
import { toxicTable } from '../../toxic/toxic-table.ts';
import type { AttributeValues } from '../attribute.ts';
import type { Fault } from '../fault.ts';
import type { CheckedSpec, FaultTargets } from '../fault-family.ts';
import { settleAll } from '../settle-all.ts';
import type { LinkFaultName } from './link-kinds.ts';

interface Placement {
  readonly proxy: string;
  readonly toxic: string;
  readonly stream: 'upstream' | 'downstream';
}

/** One toxic on each direction of each link, named after the fault: faults on one link do not undo each other. */
export function createLinkFault(spec: CheckedSpec<string>, targets: FaultTargets): Fault {
  const { id, kind, names } = spec;
  const faultProxy = proxyOf(id, targets);
  const { direction = 'both', share = 1, ...settings } = spec.attributes;
  const placements = placementsOf(spec, direction);
  const attributes = checkedAttributes(id, kind as LinkFaultName, settings);
  const proxies = [...new Set(spec.targets)];
  return {
    id,
    about: `${kind} on ${names.join(', ')}`,
    apply: async ({ forMs, signal, journal }) => {
      await settleAll(placements.map(({ proxy, toxic }) => journal(faultProxy.undoOf(proxy, toxic))));
      await settleAll(
        placements.map(({ proxy, toxic: name, stream }) =>
          faultProxy.addToxic(
            proxy,
            {
              name,
              type: kind as LinkFaultName,
              stream,
              toxicity: Number(share),
              attributes,
              ttlMs: forMs,
            },
            signal,
          ),
        ),
      );
    },
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
    const ours = new Set(placements.map((placement) => placement.toxic));
    const active = await faultProxy.toxics(proxy, signal);
    if (active.some(({ name }) => ours.has(name))) return false;
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

function proxyOf(id: string, { faultProxy }: FaultTargets): FaultProxy {
  if (faultProxy !== undefined) return faultProxy;
  throw new ChaosError({
    kind: 'usage',
    code: 'BAD_FAULT',
    message: `fault ${id}: its links have no fault proxy`,
  });
}

function placementsOf(
  { id, kind, targets }: CheckedSpec<string>,
  direction: string | number,
): readonly Placement[] {
  // A listener has no direction: one toxic closes it.
  if (kind === 'down') return targets.map((proxy) => ({ proxy, toxic: id, stream: 'downstream' }));
  const streams = (['upstream', 'downstream'] as const).filter(
    (stream) => direction === 'both' || direction === stream,
  );
  return targets.flatMap((proxy) => streams.map((stream) => ({ proxy, toxic: `${id}_${stream}`, stream })));
}

/** What one of a scenario's base units is to the proxy, where its unit is another: milliseconds are the same in both. */
const proxyUnits: Readonly<Partial<Record<LinkFaultName, Readonly<Record<string, number>>>>> = {
  // Bytes a second here, thousands of bytes a second there.
  bandwidth: { rate: 0.001 },
  // Milliseconds here, microseconds there.
  slicer: { delay: 1_000 },
};

/** Refused now rather than by the proxy in the middle of a drill: what is right by itself may not fit together. */
function checkedAttributes(
  id: string,
  kind: LinkFaultName,
  settings: AttributeValues,
): Readonly<Record<string, number>> {
  const units = proxyUnits[kind] ?? {};
  const attributes = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Number(value) * (units[name] ?? 1)]),
  );
  try {
    return toxicTable[kind].parse(attributes).attributes;
  } catch (cause) {
    if (!(cause instanceof ZodError)) throw cause;
    const told = cause.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ChaosError({
      kind: 'usage',
      code: 'BAD_FAULT',
      message: `fault ${id}: ${told.join('; ')}`,
      cause,
    });
  }
}
