import { type Figures, type Held, median } from './measure.ts';

/** CPU time per round trip, of that of the bare pass-through, that the fault proxy may take. */
const CPU_RATIO_MAX = 1.25;
/** Of the bare pass-through's throughput on one bulk connection. */
const BULK_RATIO_MIN = 0.8;

export interface Verdict {
  readonly cpuRatio: number;
  readonly bulkRatio: number;
  readonly isGood: boolean;
}

/** Of paired slices: what disturbs the machine for a second then disturbs both. */
export function judge(ours: Figures, bare: Figures): Verdict {
  const cpuRatio = median(ratios(ours.cpuUsPerRoundTrip, bare.cpuUsPerRoundTrip));
  const bulkRatio = median(ratios(ours.bulkBytesPerMs, bare.bulkBytesPerMs));
  return { cpuRatio, bulkRatio, isGood: cpuRatio <= CPU_RATIO_MAX && bulkRatio >= BULK_RATIO_MIN };
}

export function tableText(all: readonly Figures[], directMs: number): string {
  const rows = all.map((figures) => [
    figures.name,
    spread(figures.cpuUsPerRoundTrip, 1),
    ((median(figures.loneRoundTripMs) - directMs) * 1_000).toFixed(0),
    spread(
      figures.bulkBytesPerMs.map((perMs) => perMs / 1_048.576),
      0,
    ),
    spread(figures.bulkCpuNsPerKib, 0),
  ]);
  const header = [
    '',
    'CPU µs per round trip',
    'added µs per round trip',
    'bulk MiB/s',
    'bulk CPU ns per KiB',
  ];
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function verdictText({ cpuRatio, bulkRatio }: Verdict): string {
  return [
    `CPU per round trip, fault proxy / bare net: ${cpuRatio.toFixed(3)} (at most ${CPU_RATIO_MAX} wanted)`,
    `bulk throughput, fault proxy / bare net: ${bulkRatio.toFixed(3)} (at least ${BULK_RATIO_MIN} wanted)`,
  ].join('\n');
}

export function heldText({ connections, answered, bytesPerConnection }: Held): string {
  const kibibytes = (bytesPerConnection / 1_024).toFixed(1);
  return `${connections} connections held, ${answered} of them answered; ${kibibytes} KiB of memory each`;
}

/** Median, smallest and largest. */
function spread(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function ratios(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.map((value, index) => value / (right[index] ?? Number.NaN));
}
