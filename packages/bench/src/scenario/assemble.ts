import { faultFamilies, faultKind } from '@stormcart/chaos';
import type { SystemConfig, SystemDescription } from '@stormcart/core';
import type { Feeds } from '../own-system/feed/feed.ts';
import { resolveNames, targetNames } from './check/check-faults.ts';
import type { CheckedExpressions } from './check/check-scenario.ts';
import { type Recordings, stagesOf } from './check/draft.ts';
import { type FaultEntry, familyOf } from './format/fault.ts';
import type { ScenarioFile } from './format/scenario-format.ts';
import type { FaultTarget, Scenario, ScenarioFault } from './scenario.ts';

export interface Assembly {
  readonly path: string;
  /** The file's content, checked. */
  readonly content: ScenarioFile;
  readonly feeds: Feeds;
  readonly expressions: CheckedExpressions;
  readonly config: SystemConfig;
  readonly description: SystemDescription;
  readonly scale: number;
  readonly recordings: Recordings;
}

/** Puts the checked pieces together. */
export function assemble({
  path,
  content,
  feeds,
  expressions,
  config,
  description,
  scale,
  recordings,
}: Assembly): Scenario {
  const { load, availability } = content;
  const { gates, steadyState, downBelow, abort } = expressions;
  const mix = Object.entries(load.mix).filter((entry): entry is [string, number] => (entry[1] ?? 0) > 0);
  return {
    file: path,
    name: content.name,
    about: content.about,
    hypothesis: content.hypothesis,
    ...(content.sut === undefined ? {} : { sut: content.sut }),
    ...(content.external === undefined ? {} : { external: content.external }),
    ...(content.requests === undefined ? {} : { requests: content.requests }),
    ...(feeds.size === 0 ? {} : { feeds }),
    seed: content.seed,
    scale,
    config,
    load: {
      mix: Object.fromEntries(mix),
      stages: stagesOf(load.stages, scale, recordings) ?? [],
      maxInFlight: load.maxInFlight,
      timeoutMs: load.timeout,
      arrivals: load.arrivals,
      habits: {
        ...(load.think === undefined ? {} : { think: load.think }),
        ...(load.popularity === undefined ? {} : { popularity: load.popularity.zipf }),
      },
    },
    availability: {
      sliceMs: availability.slice,
      downBelow,
      ...(availability.objective === undefined ? {} : { objective: availability.objective }),
    },
    steadyState,
    faults: content.faults.map((fault) => faultOf(fault, description, scale)),
    gates,
    audit: content.audit,
    ...(abort === undefined ? {} : { abort }),
  };
}

function faultOf(fault: FaultEntry, description: SystemDescription, scale: number): ScenarioFault {
  return {
    id: fault.id,
    atMs: fault.at * scale,
    forMs: fault.for * scale,
    target: targetOf(fault, description),
  };
}

function targetOf(fault: FaultEntry, description: SystemDescription): FaultTarget {
  // The format has let only entries of a family and one of its kinds pass.
  const family = familyOf(fault);
  const { targetKey, kindKey } = faultFamilies[family];
  const kind = String(fault[kindKey]);
  const names = targetNames(family, kind, description);
  const settings = faultKind(family, kind, description)?.attributes ?? {};
  const attributes = Object.keys(settings).flatMap((name) => {
    const value = fault[name];
    return typeof value === 'number' || typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    family,
    kind,
    targets: resolveNames(fault[targetKey] ?? [], names),
    attributes: Object.fromEntries(attributes),
    ...(faultKind(family, kind) === undefined ? { settings } : {}),
  };
}
