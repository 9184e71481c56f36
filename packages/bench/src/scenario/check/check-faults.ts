import { duration, matchNames, type SystemDescription } from '@stormcart/core';
import { type FaultEntry, reservedFaultIds } from '../format/fault.ts';
import type { Path } from '../problem.ts';
import type { Reporter } from '../reporter.ts';
import type { Timeline } from '../timeline.ts';

/** What `link:` and `process:` may name. */
export type Targets = Pick<SystemDescription, 'links' | 'processes'>;

/** Whether each fault has something to break and a time in which it can be seen. */
export function checkFaults(
  faults: readonly (FaultEntry | undefined)[],
  targets: Targets,
  timeline: Timeline | undefined,
  sliceMs: number | undefined,
  reporter: Reporter,
): void {
  const seen = new Set<string>();
  faults.forEach((fault, index) => {
    if (fault === undefined) return;
    const path = ['faults', index];
    if (seen.has(fault.id))
      reporter.error([...path, 'id'], `the id \`${fault.id}\` is already taken by a fault above`);
    seen.add(fault.id);
    if (reservedFaultIds.includes(fault.id)) {
      reporter.error([...path, 'id'], `the id \`${fault.id}\` is the name of a phase; choose another`);
    }
    checkTargets(fault, path, targets, reporter);
    if (timeline !== undefined) checkTimes(fault.id, path, timeline, sliceMs, reporter);
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

function checkTargets(fault: FaultEntry, path: Path, targets: Targets, reporter: Reporter): void {
  const [kind, given, names] =
    fault.process === undefined
      ? (['link', fault.link, targets.links.map((link) => link.name)] as const)
      : (['process', fault.process, targets.processes] as const);
  if (given === undefined) return;
  [given].flat().forEach((pattern, index) => {
    if (matchNames(pattern, names).length > 0) return;
    reporter.error(
      typeof given === 'string' ? [...path, kind] : [...path, kind, index],
      names.length === 0 ? `this system has no ${kind} to break here` : `no ${kind} matches \`${pattern}\``,
      { given: pattern, accepted: names },
    );
  });
}

function checkTimes(
  id: string,
  path: Path,
  timeline: Timeline,
  sliceMs: number | undefined,
  reporter: Reporter,
): void {
  const fault = timeline.faults.find((each) => each.id === id);
  if (fault === undefined) return;
  const { startMs, endMs } = fault;
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
