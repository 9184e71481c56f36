import type { LedgerTotals } from '../load/ledger.ts';
import type { Swept } from '../workspace/sweep.ts';

/** What a drill tells while it runs; progress lines and, later, dashboards are made from it. */
export type DrillEvent =
  | { readonly kind: 'swept'; readonly swept: Swept }
  | { readonly kind: 'bootStep'; readonly step: string; readonly tookMs: number }
  | { readonly kind: 'booted'; readonly tookMs: number; readonly entryUrl: string }
  | { readonly kind: 'loadStarted'; readonly totalMs: number; readonly arrivals: number }
  | {
      readonly kind: 'tick';
      readonly atMs: number;
      readonly totalMs: number;
      /** Of the requests that have ended. */
      readonly ledger: LedgerTotals;
      /** Faults that are active now. */
      readonly activeFaults: readonly string[];
    }
  | {
      readonly kind: 'fault';
      readonly id: string;
      readonly what: string;
      readonly change: 'applied' | 'reverted' | 'failed';
      readonly atMs: number;
      readonly problem?: string;
    }
  /** `atMs` is the system clock's. */
  | { readonly kind: 'process'; readonly name: string; readonly what: string; readonly atMs: number }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'draining' }
  | { readonly kind: 'auditing'; readonly operationsCount: number };
