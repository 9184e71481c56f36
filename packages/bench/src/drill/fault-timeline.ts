import { createFault, type Fault, type FaultSession, type FaultTargets } from '@stormcart/chaos';
import { type Operation, systemClock } from '@stormcart/core';
import type { ScenarioFault } from '../scenario/scenario.ts';

export interface FaultTimelineOptions {
  readonly faults: readonly ScenarioFault[];
  readonly session: FaultSession;
  readonly targets: FaultTargets;
  /** `systemClock.now()` at the start of the load. */
  readonly zeroMs: number;
  readonly signal: AbortSignal;
  /** Asked once, just before the first fault; on false no fault is injected at all. */
  readonly isSteady: () => boolean;
  /** Told of what a fault has done to the system's data, when it is over. */
  readonly onOperation: (operation: Operation) => void;
  /** Numbers operations in one sequence with those of the clients. */
  readonly nextOperationIndex: () => number;
}

/** Injects every fault at its time. Resolves when all have ended; an abort reverts those that are on at once. */
export async function runFaultTimeline(options: FaultTimelineOptions): Promise<void> {
  const { faults, zeroMs, signal, isSteady } = options;
  // Made before any waiting: a fault that cannot be made should not cost a baseline first.
  const due = faults
    .map((fault) => ({ fault, made: createFault({ id: fault.id, ...fault.target }, options.targets) }))
    .toSorted((left, right) => left.fault.atMs - right.fault.atMs);
  const injections: Promise<unknown>[] = [];
  const rollback = (): void => void options.session.rollback();
  signal.addEventListener('abort', rollback, { once: true });
  let isFirst = true;
  for (const { fault, made } of due) {
    const waited = await systemClock.sleep(zeroMs + fault.atMs - systemClock.now(), signal).then(
      () => true,
      () => false,
    );
    if (!waited || (isFirst && !isSteady())) break;
    isFirst = false;
    injections.push(options.session.inject(made, fault.forMs).then(() => tellOperations(made, options)));
  }
  await Promise.all(injections);
  signal.removeEventListener('abort', rollback);
}

/** An audit of the data must know what was put into it on purpose. */
export function tellOperations(
  fault: Fault,
  {
    zeroMs,
    onOperation,
    nextOperationIndex,
  }: Pick<FaultTimelineOptions, 'zeroMs' | 'onOperation' | 'nextOperationIndex'>,
): void {
  for (const { action, key, outcome, input, begunMs, endedMs } of fault.operations?.() ?? []) {
    const [sentMs, returnedMs] = [begunMs - zeroMs, endedMs - zeroMs];
    const index = nextOperationIndex();
    onOperation({
      index,
      action,
      key,
      outcome,
      input,
      journey: 'fault',
      customer: fault.id,
      sentMs,
      endedMs: returnedMs,
    });
  }
}
