import type { Clock } from '@stormcart/core';
import type { Fault } from '../fault/fault.ts';
import type { FaultJournal } from '../journal/fault-journal.ts';
import type { FaultEvent, FaultRecord, UnrevertedFault } from './fault-record.ts';
import { type FaultLimits, Injection } from './injection.ts';

/** The faults of one drill: applies each for its time and makes sure that it is gone. */
export interface FaultSession {
  /**
   * Applies the fault, reverts it after `forMs` and verifies that it is gone. Resolves then with its record
   * and never rejects: what went wrong is the record's `problem`.
   */
  inject(fault: Fault, forMs: number): Promise<FaultRecord>;
  /** Ends the fault before its time; resolves when it has been reverted and looked for. False when it is not on. */
  end(id: string): Promise<boolean>;
  /**
   * Reverts everything that is active, the latest first, and lets no other fault in. Never rejects:
   * resolves with what may still be there.
   */
  rollback(): Promise<readonly UnrevertedFault[]>;
  /** What happened so far, in order. */
  readonly events: readonly FaultEvent[];
  onEvent(listener: (event: FaultEvent) => void): void;
  /** One for each injected fault, in order; those of active faults are unfinished. */
  records(): readonly FaultRecord[];
}

export interface FaultSessionOptions {
  readonly clock: Clock;
  /** Where faults write down how they are undone. Absent: nobody undoes what this process does not live to revert. */
  readonly journal?: FaultJournal;
  readonly limits?: Partial<FaultLimits>;
}

/**
 * A fault that takes longer to apply than this did not happen when the scenario said. A revert may have to
 * wait for a message broker's start (10 to 18 s measured); what is not gone 5 s after that will not go.
 */
const USUAL_LIMITS: FaultLimits = { applyMs: 10_000, revertMs: 30_000, verifyMs: 5_000 };

export function createFaultSession({ clock, journal, limits: given }: FaultSessionOptions): FaultSession {
  const limits = { ...USUAL_LIMITS, ...given };
  const injections: Injection[] = [];
  const active = new Set<Injection>();
  const events: FaultEvent[] = [];
  const listeners = new Set<(event: FaultEvent) => void>();
  let isRolledBack = false;
  const announce = (event: FaultEvent): void => {
    events.push(event);
    for (const listener of listeners) listener(event);
  };
  journal?.onTakenOver(({ fault, reason }) => {
    injections.findLast(({ fault: { id } }) => id === fault)?.takeOver(reason);
  });

  return {
    events,
    onEvent: (listener) => {
      listeners.add(listener);
    },
    records: () => injections.map(({ record }) => record),
    inject: async (fault, forMs) => {
      const injection = new Injection({
        fault,
        forMs,
        clock,
        limits,
        announce,
        journal,
      });
      injections.push(injection);
      const refusal = isRolledBack
        ? 'the faults have been rolled back'
        : [...active].some((other) => other.fault.id === fault.id) && 'it is active already';
      if (refusal !== false) {
        injection.fail(`not applied: ${refusal}`);
        return injection.record;
      }
      active.add(injection);
      await injection.live();
      await injection.heal();
      active.delete(injection);
      return injection.record;
    },
    end: async (id) => {
      const injection = [...active].find((other) => other.fault.id === id);
      if (injection === undefined) return false;
      injection.cut();
      // The same healing that `inject` waits for: whoever asks first begins it.
      await injection.heal();
      return true;
    },
    rollback: async () => {
      isRolledBack = true;
      const pending = [...active].toReversed();
      let turn = Promise.resolve();
      for (const injection of pending) {
        // In line before it is cut, or it would revert by itself and out of order.
        turn = injection.heal(turn);
        injection.cut();
      }
      await turn;
      return pending.filter(({ record }) => !record.isVerified).map(unreverted);
    },
  };
}

function unreverted({ fault, record }: Injection): UnrevertedFault {
  return { id: fault.id, about: fault.about, problem: record.problem ?? 'it is still there' };
}
