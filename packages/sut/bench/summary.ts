import type { Slice } from './slice.ts';

/** The share of the unprotected capacity that must be left. */
export const RATIO_MIN = 0.9;

export interface Comparison {
  readonly workload: string;
  /** Medians over the slices. */
  readonly perSecond: { readonly on: number; readonly off: number };
  /** On over off within each pair, smallest first. */
  readonly ratios: readonly number[];
  readonly ratio: number;
  /** Rounds per CPU second of all services together, on over off: what is left when the machine's noise is not. */
  readonly cpuRatio: number;
  readonly failed: number;
  readonly services: readonly ServiceCost[];
}

/** Rounds per CPU second; services that the workload does not touch are left out. */
export interface ServiceCost {
  readonly service: string;
  readonly on: number;
  readonly off: number;
}

/** Pairs stand in the order in which they were measured. */
export function compare(slices: readonly Slice[]): Comparison {
  const on = slices.filter(({ policies }) => policies === 'on');
  const off = slices.filter(({ policies }) => policies === 'off');
  const ratios = on
    .flatMap(({ perSecond }, index) => {
      const other = off[index];
      return other === undefined ? [] : [perSecond / other.perSecond];
    })
    .toSorted((left, right) => left - right);
  const services = [...(on[0]?.cpu.keys() ?? [])].flatMap((service): ServiceCost[] => {
    const cost = { service, on: perCpuSecond(on, service), off: perCpuSecond(off, service) };
    return shareOf(on, service) < 0.02 && shareOf(off, service) < 0.02 ? [] : [cost];
  });
  return {
    workload: slices[0]?.workload ?? '',
    perSecond: {
      on: median(on.map(({ perSecond }) => perSecond)),
      off: median(off.map(({ perSecond }) => perSecond)),
    },
    ratios,
    ratio: median(ratios),
    cpuRatio: perCpuSecond(on) / perCpuSecond(off),
    failed: slices.reduce((sum, { failed }) => sum + failed, 0),
    services,
  };
}

export function summaryText(comparison: Comparison): string {
  const { workload, perSecond, ratios, ratio, cpuRatio, failed, services } = comparison;
  const range = `${(ratios[0] ?? Number.NaN).toFixed(3)}–${(ratios.at(-1) ?? Number.NaN).toFixed(3)}`;
  return [
    `${workload}: ${perSecond.on.toFixed(0)}/s with policies, ${perSecond.off.toFixed(0)}/s without${failed === 0 ? '' : `; ${failed} rounds failed`}`,
    `  capacity on/off   ${ratio.toFixed(3)}  (median of ${ratios.length} pairs, ${range}; at least ${RATIO_MIN} wanted)`,
    `  per CPU-s on/off  ${cpuRatio.toFixed(3)}  (all services together)`,
    `  ${'per CPU-second of'.padEnd(18)}${'on'.padStart(8)}${'off'.padStart(8)}`,
    ...services.map(
      ({ service, on, off }) =>
        `  ${service.padEnd(18)}${on.toFixed(0).padStart(8)}${off.toFixed(0).padStart(8)}`,
    ),
  ].join('\n');
}

function perCpuSecond(slices: readonly Slice[], service?: string): number {
  const rounds = slices.reduce((sum, slice) => sum + slice.rounds, 0);
  return rounds / slices.reduce((sum, { cpu }) => sum + cpuOf(cpu, service), 0);
}

function shareOf(slices: readonly Slice[], service: string): number {
  const all = slices.reduce((sum, { cpu }) => sum + cpuOf(cpu), 0);
  return slices.reduce((sum, { cpu }) => sum + cpuOf(cpu, service), 0) / all;
}

function cpuOf(cpu: Slice['cpu'], service?: string): number {
  if (service !== undefined) return cpu.get(service) ?? 0;
  return [...cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
