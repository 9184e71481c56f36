import type { BreakerObservation, SystemObservation } from '@stormcart/core';
import type { BreakerFigures } from '../judge/figures.ts';

interface BreakerTransition {
  /** When it was seen; it happened since the look before. */
  readonly atMs: number;
  readonly process: string;
  readonly state: BreakerObservation['state'];
}

export interface BreakerHistory extends BreakerFigures {
  readonly name: string;
  readonly transitions: readonly BreakerTransition[];
  /** Calls that were begun and whose result nobody waited for. */
  readonly wastedCount: number;
  /** Calls that were not tried because too many were under way. */
  readonly overflowCount: number;
}

/** Sums up what breakers tell from time to time. */
export interface Breakers {
  observe(observation: SystemObservation, atMs: number): void;
  figures(name: string): BreakerFigures | undefined;
  /** By name. */
  histories(): readonly BreakerHistory[];
}

/** A breaker that flaps all day must not fill the memory; the first ones are those that explain a drill. */
const TRANSITIONS_MAX = 1_000;

const COUNTERS = ['openedCount', 'refusedCount', 'wastedCount', 'overflowCount'] as const;

interface Totals {
  openedCount: number;
  refusedCount: number;
  wastedCount: number;
  overflowCount: number;
  readonly transitions: BreakerTransition[];
}

/**
 * Counts from the first look on. What the first look finds is the past of a system that was running
 * before. Counters that have fallen belong to a new life of their process, and count from 0 again; so
 * do those of breakers that were not there at the first look. A life that began and ended between two
 * looks is lost.
 */
export function createBreakers(): Breakers {
  const totals = new Map<string, Totals>();
  const latest = new Map<string, BreakerObservation>();
  let isFirstLook = true;

  const take = (now: BreakerObservation, atMs: number): void => {
    const key = `${now.name}\n${now.process}`;
    const before = latest.get(key);
    latest.set(key, now);
    let total = totals.get(now.name);
    if (total === undefined) {
      total = { openedCount: 0, refusedCount: 0, wastedCount: 0, overflowCount: 0, transitions: [] };
      totals.set(now.name, total);
    }
    if (!isFirstLook) {
      const isNewLife =
        before === undefined || COUNTERS.some((name) => (now[name] ?? 0) < (before[name] ?? 0));
      for (const name of COUNTERS) {
        total[name] += (now[name] ?? 0) - (isNewLife ? 0 : (before[name] ?? 0));
      }
    }
    // Closed is how every life begins, so it is no news.
    const isNews = now.state !== (before?.state ?? 'closed');
    if (isNews && total.transitions.length < TRANSITIONS_MAX) {
      total.transitions.push({ atMs, process: now.process, state: now.state });
    }
  };

  return {
    observe: ({ breakers }, atMs) => {
      for (const breaker of breakers) take(breaker, atMs);
      isFirstLook = false;
    },
    figures: (name) => {
      const total = totals.get(name);
      return total && { openedCount: total.openedCount, refusedCount: total.refusedCount };
    },
    histories: () =>
      [...totals].map(([name, total]) => ({ name, ...total, transitions: [...total.transitions] })),
  };
}
