import { dirname, relative, resolve } from 'node:path';
import { faultFamilies, faultKind } from '@stormcart/chaos';
import { type Document, isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import type { SteeringChange } from '../load/steering.ts';
import { totalMsOf } from '../plan/stage.ts';
import type { FaultTarget, Scenario } from '../scenario/scenario.ts';
import { playedStages } from './played-load.ts';

/** Where a run keeps it. */
export const PLAYED_FILE = 'played.yaml';

/** A fault as it was. Milliseconds since the load's start. */
export interface PlayedFault {
  readonly id: string;
  readonly atMs: number;
  readonly forMs: number;
  readonly target: FaultTarget;
}

export interface Played {
  readonly scenario: Scenario;
  /** The scenario's file, with what was overridden. */
  readonly source: string;
  /** Where it will lie. */
  readonly folder: string;
  readonly faults: readonly PlayedFault[];
  readonly steering: readonly SteeringChange[];
  /** When the load ended. */
  readonly untilMs: number;
}

/** The scenario that replays what was done by hand: its text, ready to be run. */
export function playedScenario(played: Played): string {
  const { scenario, source, steering, untilMs } = played;
  const document = parseDocument(source);
  if (!isMap(document.contents)) throw new TypeError('a scenario is a map');
  document.set('name', `${scenario.name.slice(0, NAME_MAX - PLAYED.length)}${PLAYED}`);
  document.set('seed', scenario.seed);
  const { stages } = scenario.load;
  if (steering.length > 0 || untilMs < totalMsOf(stages) || scenario.scale !== 1) {
    document.setIn(['load', 'stages'], document.createNode(playedStages(stages, steering, untilMs)));
  }
  const faults = faultEntries(played);
  if (faults.length === 0) document.delete('faults');
  else document.set('faults', document.createNode(faults));
  movePaths(document, played);
  document.commentBefore = ` Played by hand in ${scenario.file}. What was done is here; run it to see the same again.`;
  return document.toString({ lineWidth: 110 });
}

const PLAYED = '-played';
/** As long as a scenario's name may be. */
const NAME_MAX = 60;

function faultEntries({ faults, untilMs }: Played): readonly unknown[] {
  return faults
    .toSorted((left, right) => left.atMs - right.atMs)
    .flatMap(({ id, atMs, forMs, target }) => {
      const beginsMs = Math.max(0, Math.round(atMs));
      // A fault that the load's end cut off lasted no longer than that.
      const lastsMs = Math.min(Math.round(forMs), Math.floor(untilMs) - beginsMs);
      return lastsMs < 1 ? [] : [{ id, at: `${beginsMs}ms`, for: `${lastsMs}ms`, ...entryOf(target) }];
    });
}

/** As a scenario writes what is broken and how. */
function entryOf({
  family,
  kind,
  targets,
  attributes,
  settings,
}: FaultTarget): Readonly<Record<string, unknown>> {
  const { targetKey, kindKey } = faultFamilies[family as keyof typeof faultFamilies];
  const known = settings ?? faultKind(family, kind)?.attributes ?? {};
  const written = Object.entries(attributes).map(([name, value]) => {
    const attribute = known[name];
    return [name, attribute?.kind === 'quantity' ? attribute.unit.format(Number(value)) : value] as const;
  });
  const [only, ...others] = targets;
  return {
    [targetKey]: others.length === 0 ? only : targets,
    [kindKey]: kind,
    ...Object.fromEntries(written),
  };
}

/** Files that the scenario names lie beside it and not beside its replay. */
function movePaths(document: Document, { scenario, folder }: Played): void {
  visit(document, {
    Pair: (_, { key, value }, ancestors) => {
      if (!isScalar(key) || !isScalar(value) || typeof value.value !== 'string') return;
      const names = ancestors
        .filter(isPair)
        .map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ''));
      if (!FILES.some(({ within, name }) => within === names[0] && name === key.value)) return;
      const moved = relative(resolve(folder), resolve(dirname(scenario.file), value.value));
      value.value = moved.startsWith('.') ? moved : `./${moved}`;
    },
  });
}

/** Which keys of a scenario name files. */
const FILES: readonly { readonly within: string | undefined; readonly name: string }[] = [
  { within: undefined, name: 'sut' },
  { within: 'external', name: 'ca' },
  { within: 'load', name: 'replay' },
  { within: 'feeds', name: 'file' },
];
