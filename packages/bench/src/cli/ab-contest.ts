import { shop } from '@stormcart/sut';
import type { Contest, DrillContender } from '../compare/ab/open-sides.ts';
import { compareError } from '../compare/compare-error.ts';
import type { CommandContext } from './command-line.ts';
import { targetUrl } from './flag-value.ts';
import type { OverrideFlag } from './override-flag.ts';
import { loadScenario, nameOf } from './scenario-files.ts';
import { type TrustFlags, trustFor } from './trust-flags.ts';

/** The flags of `ab` that say what is compared. */
export interface ContestOptions extends TrustFlags {
  readonly a: readonly OverrideFlag[];
  readonly b: readonly OverrideFlag[];
  readonly aRev?: string;
  readonly bRev?: string;
  readonly topology?: string;
  readonly scale?: number;
  readonly load?: readonly string[];
  readonly rate?: number;
  readonly for: number;
  readonly timeout: number;
  readonly poisson?: true;
}

export interface NamedContest {
  readonly contest: Contest;
  /** For the run directory's name. */
  readonly title: string;
}

/** Puts the flags together; throws a usage error where they do not fit. Scenarios are checked before anything is measured. */
export async function contestOf(
  scenario: string | undefined,
  options: ContestOptions,
  context: CommandContext,
): Promise<NamedContest> {
  if (options.load === undefined) {
    if (scenario === undefined) throw badUsage('give a scenario, or the address of a server with --load');
    return drillContest(scenario, options, context);
  }
  if (scenario !== undefined) throw badUsage('give a scenario or --load, not both');
  return loadContest(options.load, options);
}

async function drillContest(
  scenario: string,
  options: ContestOptions,
  { terminal }: CommandContext,
): Promise<NamedContest> {
  const { a, b, aRev, bRev } = options;
  let file = scenario;
  for (const [set, revision] of [
    [a, aRev],
    [b, bRev],
  ] as const) {
    // Another revision's own parser judges what it is asked; this one's may know more or less.
    if (revision !== undefined && set.length === 0) continue;
    const { topology, scale } = options;
    const overrides = {
      set,
      ...(topology === undefined ? {} : { topology }),
      ...(scale === undefined ? {} : { scale }),
    };
    const loaded = await loadScenario(scenario, shop, overrides);
    if (loaded.warnings !== '') terminal.message(loaded.warnings);
    file = loaded.scenario.file;
  }
  const { topology, scale } = options;
  const flags = [
    ...(topology === undefined ? [] : ['--topology', topology]),
    ...(scale === undefined ? [] : ['--scale', String(scale)]),
  ];
  const sides = { a: contender(a, aRev), b: contender(b, bRev) };
  return { contest: { kind: 'drill', file, flags, sides }, title: nameOf(file) };
}

function contender(set: readonly OverrideFlag[], revision: string | undefined): DrillContender {
  return {
    overrides: set.map(([path, value]) => `${path}=${value}`),
    ...(revision === undefined ? {} : { revision }),
  };
}

async function loadContest(given: readonly string[], options: ContestOptions): Promise<NamedContest> {
  const { rate, a, b, aRev, bRev } = options;
  const urls = given.map(targetUrl);
  const [first, second = first] = urls;
  if (first === undefined || second === undefined || urls.length > 2) {
    throw badUsage('--load takes one address, to compare a server with itself, or two');
  }
  if (rate === undefined) throw badUsage('a load needs a rate, such as --rate 200/s');
  if (a.length + b.length > 0 || aRev !== undefined || bRev !== undefined) {
    throw badUsage('--a, --b, --a-rev and --b-rev need a scenario; with --load the sides are two addresses');
  }
  const contest: Contest = {
    kind: 'load',
    urls: { a: first, b: second },
    trust: await trustFor(options),
    perSecond: rate,
    forMs: options.for,
    timeoutMs: options.timeout,
    arrivals: options.poisson === true ? 'poisson' : 'constant',
    sliceMs: SLICE_MS,
  };
  return { contest, title: 'load' };
}

/** As `stormcart load` has it. */
const SLICE_MS = 200;

function badUsage(message: string): Error {
  return compareError({
    kind: 'usage',
    code: 'BAD_COMPARISON',
    message,
    hint: 'See `stormcart ab --help`.',
  });
}
