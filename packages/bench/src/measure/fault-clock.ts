import type { FaultWindow } from './phase.ts';

/**
 * When each fault really was on, as far as it is known. A fault is applied some milliseconds after
 * its planned start and reverted some after its planned end, and both are heard of later still. What
 * has not been heard of is taken from the plan.
 */
export interface FaultClock {
  /** Somebody has one more in mind. */
  planned(fault: FaultWindow): void;
  applied(id: string, atMs: number): void;
  reverted(id: string, atMs: number): void;
  windows(): readonly FaultWindow[];
  /** Whether news yet to come could still move this moment into another phase. */
  isOpen(ms: number): boolean;
}

/** Timers of the fault's side may fire this much before their time. */
const EARLY_MS = 2;

export function createFaultClock(known: readonly FaultWindow[]): FaultClock {
  const planned = [...known];
  const applied = new Map<string, number>();
  const reverted = new Map<string, number>();
  const windows = (): readonly FaultWindow[] =>
    planned.map((fault) => {
      const startMs = applied.get(fault.id) ?? fault.startMs;
      return { id: fault.id, startMs, endMs: reverted.get(fault.id) ?? Math.max(fault.endMs, startMs) };
    });
  return {
    planned: (fault) => void planned.push(fault),
    applied: (id, atMs) => {
      applied.set(id, atMs);
    },
    reverted: (id, atMs) => {
      reverted.set(id, atMs);
    },
    windows,
    isOpen: (ms) =>
      planned.some(({ id, startMs, endMs }) => {
        if (ms < startMs - EARLY_MS || reverted.has(id)) return false;
        return !applied.has(id) || ms >= endMs - EARLY_MS;
      }),
  };
}
