import { describeFault } from '../drill/describe-fault.ts';
import type { LiveDrill } from '../drill/live-drill.ts';
import type { Scenario, ScenarioFault } from '../scenario/scenario.ts';
import type { FaultState } from './drill-state.ts';

/** Every fault, those of the scenario before those injected by hand. */
export function faultStates(scenario: Scenario, live: LiveDrill | undefined): readonly FaultState[] {
  const byHand = live?.hands.faults() ?? [];
  const records = live?.hands.records() ?? [];
  const shownOf = (fault: ScenarioFault, isByHand: boolean): FaultState => {
    const record = records.find(({ id }) => id === fault.id);
    const startMs = record?.appliedMs === undefined ? fault.atMs : record.appliedMs - (live?.zeroMs ?? 0);
    const isOver = record?.revertedMs !== undefined;
    return {
      id: fault.id,
      what: describeFault(fault.target),
      startMs,
      endMs: isOver ? (record.revertedMs ?? 0) - (live?.zeroMs ?? 0) : startMs + fault.forMs,
      state: stateWord(record),
      isByHand,
      ...(isOver ? { hitCount: record.hits } : {}),
      ...(record?.problem === undefined ? {} : { problem: record.problem }),
    };
  };
  return [
    ...scenario.faults.map((fault) => shownOf(fault, false)),
    ...byHand.map((fault) => shownOf(fault, true)),
  ];
}

function stateWord(
  record: ReturnType<LiveDrill['hands']['records']>[number] | undefined,
): FaultState['state'] {
  if (record?.problem !== undefined) return 'failed';
  if (record?.appliedMs === undefined) return 'toCome';
  return record.revertedMs === undefined ? 'on' : 'over';
}
