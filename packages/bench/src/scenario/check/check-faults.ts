import { type FamilyName, faultFamilies, storeMisfit } from '@stormcart/chaos';
import { duration, matchNames, type SystemConfig, type SystemDescription } from '@stormcart/core';
import { familyOf, reservedFaultIds } from '../format/fault.ts';
import type { Path } from '../problem.ts';
import type { Reporter } from '../reporter.ts';
import type { Timeline, Window } from '../timeline.ts';
import type { FaultDraft, PatternsDraft } from './draft.ts';

/** What `link:`, `process:` and `store:` may name. */
type Names = Pick<SystemDescription, 'links' | 'processes' | 'stores'>;
export type Targets = Names & Pick<SystemConfig, 'topology'>;

type TargetKey = (typeof faultFamilies)[FamilyName]['targetKey'];

/** Whether each fault has something to break and a time in which it can be seen. */
export function checkFaults(
  faults: readonly (FaultDraft | undefined)[],
  targets: Targets,
  timeline: Timeline | undefined,
  sliceMs: number | undefined,
  reporter: Reporter,
): void {
  const seen = new Set<string>();
  faults.forEach((fault, index) => {
    if (fault === undefined) return;
    const path = ['faults', index];
    if (fault.id !== undefined) checkId(fault.id, path, seen, reporter);
    checkTargets(fault, path, targets, reporter);
    if (familyOf(fault) === 'store') checkStores(fault, path, targets, reporter);
    const window = timeline?.faults.find((each) => each.index === index);
    if (timeline !== undefined && window !== undefined) checkTimes(window, path, timeline, sliceMs, reporter);
  });
}

/** The full names that a pattern, or several, stand for; in their own order, each once. */
export function resolveNames(
  patterns: string | readonly string[],
  names: readonly string[],
): readonly string[] {
  const wanted = new Set([patterns].flat().flatMap((pattern) => matchNames(pattern, names)));
  return names.filter((name) => wanted.has(name));
}

function checkId(id: string, path: Path, seen: Set<string>, reporter: Reporter): void {
  if (seen.has(id)) {
    reporter.error([...path, 'id'], `the id \`${id}\` is already taken by a fault above`);
  } else if (reservedFaultIds.includes(id)) {
    reporter.error([...path, 'id'], `the id \`${id}\` is the name of a phase; choose another`);
  }
  seen.add(id);
}

function checkTargets(fault: FaultDraft, path: Path, targets: Targets, reporter: Reporter): void {
  const kind = faultFamilies[familyOf(fault)].targetKey;
  const given = fault[kind] as PatternsDraft;
  const names = targetNames(kind, targets);
  if (given === undefined) return;
  [given].flat().forEach((pattern, index) => {
    if (pattern === undefined || matchNames(pattern, names).length > 0) return;
    reporter.error(
      typeof given === 'string' ? [...path, kind] : [...path, kind, index],
      names.length === 0 ? nothingToBreak(kind, targets) : `no ${kind} matches \`${pattern}\``,
      { given: pattern, accepted: names, candidates: [...names, ...patternsFor(names)] },
    );
  });
}

function nothingToBreak(kind: TargetKey, { topology }: Targets): string {
  const nothing = `this system has no ${kind} to break here`;
  if (topology !== 'external' || kind === 'link') return nothing;
  return `${nothing}: with \`topology: external\` Stormcart starts none; put the fault on a link`;
}

/** Whether what is to happen can happen to these stores; the first that it cannot is told. */
function checkStores(fault: FaultDraft, path: Path, { stores }: Targets, reporter: Reporter): void {
  const { targetKey, kindKey } = faultFamilies.store;
  const [kind, given] = [fault[kindKey], fault[targetKey] as PatternsDraft];
  if (typeof kind !== 'string' || given === undefined) return;
  const patterns = [given].flat().filter((pattern) => pattern !== undefined);
  const names = resolveNames(
    patterns,
    stores.map(({ name }) => name),
  );
  for (const store of stores.filter(({ name }) => names.includes(name))) {
    const misfit = storeMisfit(kind, store);
    if (misfit === undefined) continue;
    reporter.error([...path, kindKey], misfit.message, { given: kind, accepted: misfit.accepted });
    return;
  }
}

/** Everything that a fault may name under this key. */
export function targetNames(key: TargetKey, { links, processes, stores }: Names): readonly string[] {
  switch (key) {
    case 'link':
      return links.map(({ name }) => name);
    case 'process':
      return processes;
    case 'store':
      return stores.map(({ name }) => name);
  }
}

/** The patterns with one star that people write: `*->redis`, `catalog->*`, `orders/*`. */
function patternsFor(names: readonly string[]): readonly string[] {
  const patterns = names.flatMap((name) => {
    const [, from, separator, to] = /^(.+?)(->|\/)(.+)$/.exec(name) ?? [];
    if (from === undefined || separator === undefined || to === undefined) return [];
    return separator === '/' ? [`${from}/*`] : [`*->${to}`, `${from}->*`];
  });
  return [...new Set(patterns)];
}

function checkTimes(
  { startMs, endMs }: Window,
  path: Path,
  timeline: Timeline,
  sliceMs: number | undefined,
  reporter: Reporter,
): void {
  const { totalMs, warmupMs } = timeline;
  const [begins, ends, total] = [startMs, endMs, totalMs].map((ms) => duration.format(ms));
  if (startMs >= totalMs) {
    reporter.error([...path, 'at'], `the fault begins at ${begins}, but the load is over after ${total}`);
  } else if (endMs > totalMs) {
    reporter.error([...path, 'for'], `the fault lasts until ${ends}, but the load is over after ${total}`);
  } else if (endMs <= warmupMs) {
    reporter.error(
      [...path, 'at'],
      `the fault is over before the warm-up ends at ${duration.format(warmupMs)}, so nothing of it would be measured`,
    );
  } else if (startMs < warmupMs) {
    reporter.warn(
      [...path, 'at'],
      `the fault begins in the warm-up, so what it does before ${duration.format(warmupMs)} is not measured`,
    );
  }
  // Three good slices in a row are what recovery means.
  if (sliceMs !== undefined && endMs <= totalMs && totalMs - endMs < 3 * sliceMs) {
    reporter.warn(
      [...path, 'for'],
      `only ${duration.format(totalMs - endMs)} of load is left after the fault, too little to see a recovery (three slices of ${duration.format(sliceMs)})`,
    );
  }
}
