import type { FaultSession } from '@stormcart/chaos';
import type { ScenarioFault } from '../scenario/scenario.ts';
import { describeFault } from './describe-fault.ts';
import type { DrillEvent } from './drill-event.ts';

type FaultNews = Extract<DrillEvent, { readonly kind: 'fault' }>;

/** Tells of each fault's beginning and end; `atMs` is the session clock's. */
export function followFaults(
  session: FaultSession,
  faultNamed: (id: string) => ScenarioFault | undefined,
  onNews: (news: FaultNews) => void,
): void {
  session.onEvent(({ kind, id, atMs, problem }) => {
    if (kind === 'verified') return;
    const fault = faultNamed(id);
    const what = fault === undefined ? '' : describeFault(fault.target);
    onNews({ kind: 'fault', id, what, change: kind, atMs, ...(problem === undefined ? {} : { problem }) });
  });
}
