import type { SystemUnderTest } from '@stormcart/core';
import { stringify } from 'yaml';
import { parseScenario } from '../scenario/parse-scenario.ts';
import type { Problem } from '../scenario/problem.ts';
import type { Scenario, ScenarioFault } from '../scenario/scenario.ts';
import { CommandRefused } from './control-error.ts';

/** Two days, as long as the longest fault and more: none is refused for its time. */
const ENDLESS = ['24h', '24h'].map((length) => ({ for: length, rate: '1/s' }));

/**
 * Checks what somebody wants to break now as if it stood in the scenario: same keys, same words, same messages. Throws
 * `CommandRefused` with every problem.
 */
export function readHandFault(
  entry: Readonly<Record<string, unknown>>,
  id: string,
  { config, load }: Pick<Scenario, 'config' | 'load'>,
  system: SystemUnderTest,
): ScenarioFault {
  const { topology, services, policies, algorithm } = config;
  const parsed = parseScenario({
    file: 'the fault',
    system,
    content: stringify({
      version: 1,
      name: 'by-hand',
      topology,
      ...(Object.keys(services).length === 0 ? {} : { services }),
      ...(Object.keys(policies).length === 0 ? {} : { policies }),
      ...(algorithm === undefined ? {} : { balancer: { algorithm } }),
      load: { mix: load.mix, stages: ENDLESS },
      faults: [{ ...entry, id, at: '0s' }],
    }),
  });
  if (parsed.kind === 'bad') {
    throw new CommandRefused(400, parsed.problems.map(wordsOf).join('; '));
  }
  const [fault] = parsed.scenario.faults;
  if (fault === undefined) throw new CommandRefused(400, 'it names no fault');
  return fault;
}

function wordsOf({ message, suggestion, accepted = [] }: Problem): string {
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  return `${message}${meant}${accepted.length === 0 ? '' : `; accepted: ${accepted.join(', ')}`}`;
}
