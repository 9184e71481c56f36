import type { MeasuredRun } from './run/measured-run.ts';

/** Something that was not the same in all runs. */
export interface Difference {
  /** `environment.node`, `load.stages[0].perSecond`, `seeds`. */
  readonly what: string;
  /** Each value with the side and how many of its runs had it: `v26.10.0 (base 8)`. */
  readonly values: readonly string[];
}

/** Shown where a run does not say. */
const UNSAID = 'not recorded';

/**
 * In what the runs differ besides the code that was measured: machine, Node, stores, scenario, load plan, seeds. Paths
 * in `varied`, and everything below them, are meant to differ.
 */
export function differencesOf(
  base: readonly MeasuredRun[],
  head: readonly MeasuredRun[],
  varied: readonly string[] = [],
): readonly Difference[] {
  const paths = new Set([...base, ...head].flatMap(({ setting }) => Object.keys(setting)));
  const settings = [...paths]
    .filter((path) => !varied.some((prefix) => isBelow(path, prefix)))
    .flatMap((path) => differenceAt(path, base, head));
  return [...settings, ...environmentGaps(base, head), ...seedDifference(base, head)];
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

function differenceAt(
  path: string,
  base: readonly MeasuredRun[],
  head: readonly MeasuredRun[],
): readonly Difference[] {
  const counts = new Map<string, { base: number; head: number }>();
  for (const [side, runs] of [
    ['base', base],
    ['head', head],
  ] as const) {
    for (const { setting } of runs) {
      const value = setting[path] ?? UNSAID;
      const count = counts.get(value) ?? { base: 0, head: 0 };
      count[side] += 1;
      counts.set(value, count);
    }
  }
  if (counts.size < 2) return [];
  const values = [...counts].map(([value, count]) => `${value} (${sidesText(count)})`);
  return [{ what: path, values }];
}

function sidesText({ base, head }: { readonly base: number; readonly head: number }): string {
  return [...(base === 0 ? [] : [`base ${base}`]), ...(head === 0 ? [] : [`head ${head}`])].join(', ');
}

/** Of runs that say nothing about their machine nobody can tell whether they are alike. */
function environmentGaps(base: readonly MeasuredRun[], head: readonly MeasuredRun[]): readonly Difference[] {
  const silent = [...base, ...head].filter(
    ({ setting }) => !Object.keys(setting).some((path) => path.startsWith('environment.')),
  );
  if (silent.length === 0) return [];
  return [
    { what: 'environment', values: [`${UNSAID} in ${silent.length} of ${base.length + head.length} runs`] },
  ];
}

/** Sides may share seeds, or have a new one for every run; one seed here and another there is a different load. */
function seedDifference(base: readonly MeasuredRun[], head: readonly MeasuredRun[]): readonly Difference[] {
  const [here, there] = [seedPolicy(base), seedPolicy(head)];
  const isSame = here === there || sortedSeeds(base) === sortedSeeds(head);
  return isSame ? [] : [{ what: 'seeds', values: [`${here} (base)`, `${there} (head)`] }];
}

function seedPolicy(runs: readonly MeasuredRun[]): string {
  const seeds = runs.map(({ seed }) => seed);
  const kinds = new Set(seeds);
  if (kinds.size === 1) return seeds[0] === undefined ? UNSAID : `seed ${seeds[0]} in every run`;
  return kinds.size === seeds.length ? 'a seed of its own for each run' : 'some seeds in several runs';
}

function sortedSeeds(runs: readonly MeasuredRun[]): string {
  return runs
    .map(({ seed }) => String(seed))
    .toSorted()
    .join();
}
