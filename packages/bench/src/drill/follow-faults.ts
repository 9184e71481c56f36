import type { FaultSession } from '@stormcart/chaos';
import type { Scenario } from '../scenario/scenario.ts';
import { describeFault } from './describe-fault.ts';
import type { DrillEvent } from './drill-event.ts';

type FaultNews = Extract<DrillEvent, { readonly kind: 'fault' }>;

/** Tells of each fault's beginning and end; `atMs` is the session clock's. */
export function followFaults(
  session: FaultSession,
  scenario: Scenario,
  onNews: (news: FaultNews) => void,
): void {
  const words = new Map(scenario.faults.map((fault) => [fault.id, describeFault(fault.target)]));
  session.onEvent(({ kind, id, atMs, problem }) => {
    if (kind === 'verified') return;
    const what = words.get(id) ?? '';
    onNews({ kind: 'fault', id, what, change: kind, atMs, ...(problem === undefined ? {} : { problem }) });
  });
}
