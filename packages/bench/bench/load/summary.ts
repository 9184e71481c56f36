import { markdownTable } from '../markdown-table.ts';
import type { ClientResult } from './client.ts';
import type { MemoryRow } from './memory.ts';

/** All slices of one client. */
export interface Course {
  readonly name: string;
  readonly keepsRate: boolean;
  readonly results: ClientResult[];
}

export interface Verdict {
  readonly isGood: boolean;
  readonly lines: readonly string[];
}

/** What issue 5 asks for. */
const RATIO_MAX = 1;
const SLIP_MS_MAX = 2;

export function courseOf(name: string, keepsRate: boolean): Course {
  return { name, keepsRate, results: [] };
}

export function judge(courses: readonly Course[]): Verdict {
  const [ours, atRate, closed] = courses;
  if (ours === undefined || atRate === undefined || closed === undefined) {
    throw new Error('nothing was measured');
  }
  const slipMs = median(ours.results.map(({ slipMsP99 }) => slipMsP99 ?? Number.POSITIVE_INFINITY));
  const goals = [
    goal('CPU, open loop ÷ autocannon at the same rate', ratio(ours, atRate), RATIO_MAX, ''),
    goal('CPU, open loop ÷ autocannon as quick as it can', ratio(ours, closed), RATIO_MAX, ''),
    goal('schedule slip p99, median of the slices', slipMs, SLIP_MS_MAX, ' ms'),
  ];
  return { isGood: goals.every(({ isMet }) => isMet), lines: goals.map(({ text }) => text) };
}

/** Slice by slice, since neighbours in time have the machine in common. */
function ratio(left: Course, right: Course): number {
  return median(left.results.map((each, index) => cpuOf(each) / cpuOf(right.results[index])));
}

function goal(what: string, value: number, most: number, unit: string): { text: string; isMet: boolean } {
  const isMet = value <= most;
  return {
    isMet,
    text: `${isMet ? 'met   ' : 'missed'}  ${what}: ${value.toFixed(2)}${unit}, goal ≤ ${most}${unit}`,
  };
}

export function table(courses: readonly Course[], perSecond: number): string {
  const rows = courses.map(({ name, keepsRate, results }) => {
    const cpu = results.map(cpuOf).toSorted((left, right) => left - right);
    const slips = results.flatMap(({ slipMsP99 }) => slipMsP99 ?? []);
    return [
      name,
      keepsRate ? `${perSecond}/s` : 'as it can',
      median(cpu).toFixed(1),
      `${cpu[0]?.toFixed(1)} to ${cpu.at(-1)?.toFixed(1)}`,
      slips.length === 0 ? '' : `${median(slips).toFixed(2)} ms`,
    ];
  });
  return markdownTable(['client', 'rate', 'CPU µs a request, median', 'least to most', 'slip p99'], rows);
}

export function memoryTable(rows: readonly MemoryRow[]): string {
  return markdownTable(
    ['requests', 'heap MiB', 'resident MiB'],
    rows.map(({ requests, heapMib, residentMib }) => [
      String(requests),
      heapMib.toFixed(1),
      residentMib.toFixed(1),
    ]),
  );
}

function cpuOf(result: ClientResult | undefined): number {
  return result === undefined ? Number.NaN : result.cpuUs / result.requests;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
