import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClientExchange,
  type DrainResult,
  type Invariant,
  type InvariantResult,
  messageOf,
  type Operation,
  type RunningSystem,
  systemClock,
} from '@stormcart/core';
import { audit, auditUnread } from '../audit/audit.ts';
import { SNAPSHOT_FILE } from '../audit/recorded-run.ts';
import { guardDisk } from '../workspace/workspace.ts';
import type { DrillEvent } from './drill-event.ts';

export interface AuditOptions {
  readonly running: RunningSystem;
  readonly invariants: readonly Invariant[];
  readonly operations: readonly Operation[];
  readonly exchanges: readonly ClientExchange[];
  readonly runFolder: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DrillEvent) => void;
}

export interface AuditOutcome {
  readonly drain: DrainResult;
  readonly drainedAfterMs: number;
  readonly operationsCount: number;
  readonly results: readonly InvariantResult[];
}

/** A process that is not back by then stays away: the slowest store boots in well under half of it. */
const HEAL_TIMEOUT_MS = 30_000;
/** How long work may go on after the load; longer means stuck. */
const DRAIN_TIMEOUT_MS = 60_000;
/** Reading some tens of thousands of rows takes about a second. */
const SNAPSHOT_TIMEOUT_MS = 30_000;

/** Waits until the system is whole and at rest, reads its data once, and judges every invariant. */
export async function auditDrill(options: AuditOptions): Promise<AuditOutcome> {
  const { running, invariants, operations, signal, onEvent } = options;
  onEvent({ kind: 'draining' });
  const startedMs = systemClock.now();
  const absent = await heal(running, within(signal, HEAL_TIMEOUT_MS));
  const drain = await drainSystem(running, within(signal, DRAIN_TIMEOUT_MS), absent);
  const drainedAfterMs = systemClock.now() - startedMs;
  signal.throwIfAborted();
  onEvent({ kind: 'auditing', operationsCount: operations.length });
  const results = await judge(options, invariants);
  return { drain, drainedAfterMs, operationsCount: operations.length, results };
}

export function auditSkipped(reason: string): AuditOutcome {
  return {
    drain: { isDrained: false, remaining: [reason] },
    drainedAfterMs: 0,
    operationsCount: 0,
    results: [],
  };
}

async function judge(
  options: AuditOptions,
  invariants: readonly Invariant[],
): Promise<readonly InvariantResult[]> {
  let snapshot: unknown;
  try {
    snapshot = await options.running.snapshot(within(options.signal, SNAPSHOT_TIMEOUT_MS), options.exchanges);
  } catch (error) {
    options.signal.throwIfAborted();
    return auditUnread(invariants, `the stores could not be read: ${messageOf(error)}`);
  }
  await guardDisk(() => writeFile(join(options.runFolder, SNAPSHOT_FILE), JSON.stringify(snapshot)));
  return audit(invariants, options.operations, snapshot);
}

/** Waits for every process; names those that stay away. */
async function heal(running: RunningSystem, signal: AbortSignal): Promise<readonly string[]> {
  const waits = await Promise.allSettled(running.processes.map((process) => process.whenReady(signal)));
  return running.processes
    .filter((_, index) => waits[index]?.status === 'rejected')
    .map(({ name }) => `${name} is down`);
}

async function drainSystem(
  running: RunningSystem,
  signal: AbortSignal,
  absent: readonly string[],
): Promise<DrainResult> {
  try {
    const drain = await running.drain(signal);
    return { isDrained: drain.isDrained && absent.length === 0, remaining: [...absent, ...drain.remaining] };
  } catch (error) {
    return { isDrained: false, remaining: [...absent, messageOf(error)] };
  }
}

function within(signal: AbortSignal, timeoutMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
}
