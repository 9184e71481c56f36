/** What a trial at one rate showed. `saturated`: the generator could not keep up, so nobody can tell. */
export type TrialOutcome = 'met' | 'missed' | 'saturated';

export interface Trial {
  readonly perSecond: number;
  readonly outcome: TrialOutcome;
  readonly purpose: TrialPurpose;
}

/** Why a rate is tried: to find a bound, to see a miss twice, to see that the answer holds. */
export type TrialPurpose = 'grow' | 'narrow' | 'again' | 'confirm';

export interface SearchOptions {
  readonly startPerSecond: number;
  readonly maxPerSecond: number;
  /** The answer's upper bound may be this share above it: 0.05. */
  readonly resolution: number;
  /** How often in a row the answer must meet the objective. */
  readonly confirmations: number;
  readonly trialsMax: number;
}

export type NextStep =
  | { readonly kind: 'try'; readonly perSecond: number; readonly purpose: TrialPurpose }
  /** The highest rate that met the objective, and the lowest that did not. */
  | { readonly kind: 'found'; readonly perSecond: number; readonly missedPerSecond: number }
  /** It may be more: the generator, or the highest allowed rate, was the limit. */
  | { readonly kind: 'atLeast'; readonly perSecond: number; readonly because: 'generator' | 'limit' }
  /** Not even the lowest rate that was tried meets it. */
  | { readonly kind: 'none'; readonly missedPerSecond: number }
  | { readonly kind: 'undecided'; readonly because: 'generator' | 'trials'; readonly perSecond?: number };

/** Below one journey a second a trial of seconds tells nothing. */
const LOWEST_PER_SECOND = 1;

/**
 * What to do after these trials. Grows by doubling until a rate misses the objective, halves the gap (geometrically)
 * until it is within the resolution, then confirms the answer. A single miss may be the machine's hiccup and a single
 * hit its luck: a miss counts when it is seen twice, the answer when it is confirmed; an answer that is not confirmed
 * counts as a miss.
 */
export function nextStep(trials: readonly Trial[], options: SearchOptions): NextStep {
  const { startPerSecond, maxPerSecond, resolution, confirmations, trialsMax } = options;
  const last = trials.at(-1);
  if (last === undefined) return { kind: 'try', perSecond: startPerSecond, purpose: 'grow' };
  const met = highestMet(trials);
  const bound = lowestMissed(trials);
  if (trials.length >= trialsMax) {
    return { kind: 'undecided', because: 'trials', ...(met === undefined ? {} : { perSecond: met }) };
  }
  if (last.outcome !== 'met' && last.purpose !== 'again') {
    return { kind: 'try', perSecond: last.perSecond, purpose: 'again' };
  }
  if (met === undefined) {
    const lowest = Math.min(...trials.map(({ perSecond }) => perSecond));
    if (lowest > LOWEST_PER_SECOND) {
      return { kind: 'try', perSecond: Math.max(LOWEST_PER_SECOND, rounded(lowest / 4)), purpose: 'grow' };
    }
    return bound?.outcome === 'missed'
      ? { kind: 'none', missedPerSecond: bound.perSecond }
      : { kind: 'undecided', because: 'generator' };
  }
  if (bound === undefined && met < maxPerSecond) {
    return { kind: 'try', perSecond: Math.min(maxPerSecond, rounded(met * 2)), purpose: 'grow' };
  }
  if (bound !== undefined && bound.perSecond > met * (1 + resolution)) {
    const middle = rounded(Math.sqrt(met * bound.perSecond));
    // So low that no whole rate lies between them.
    if (middle > met && middle < bound.perSecond)
      return { kind: 'try', perSecond: middle, purpose: 'narrow' };
  }
  if (confirmedCount(trials, met) < confirmations) {
    return { kind: 'try', perSecond: met, purpose: 'confirm' };
  }
  if (bound === undefined) return { kind: 'atLeast', perSecond: met, because: 'limit' };
  return bound.outcome === 'missed'
    ? { kind: 'found', perSecond: met, missedPerSecond: bound.perSecond }
    : { kind: 'atLeast', perSecond: met, because: 'generator' };
}

/** Rates that met it and never missed it since, below the lowest that counts as missed. */
function highestMet(trials: readonly Trial[]): number | undefined {
  const bound = lowestMissed(trials)?.perSecond ?? Number.POSITIVE_INFINITY;
  const met = trials.filter(({ outcome, perSecond }) => outcome === 'met' && perSecond < bound);
  return met.length === 0 ? undefined : Math.max(...met.map(({ perSecond }) => perSecond));
}

/**
 * A miss counts when the rate missed twice in a row, when it was to be confirmed too. Once the generator was fit to see
 * the miss it is the system's.
 */
function lowestMissed(trials: readonly Trial[]): Pick<Trial, 'perSecond' | 'outcome'> | undefined {
  const [lowest] = trials
    .filter(({ outcome, purpose }) => outcome !== 'met' && purpose === 'again')
    .toSorted((left, right) => left.perSecond - right.perSecond);
  if (lowest === undefined) return undefined;
  const { perSecond } = lowest;
  const wasSeen = trials.some((trial) => trial.perSecond === perSecond && trial.outcome === 'missed');
  return { perSecond, outcome: wasSeen ? 'missed' : 'saturated' };
}

function confirmedCount(trials: readonly Trial[], perSecond: number): number {
  return trials.filter(
    (trial) => trial.perSecond === perSecond && trial.purpose === 'confirm' && trial.outcome === 'met',
  ).length;
}

/** Whole rates read better; below 20 a whole step would be over 5 %. */
function rounded(perSecond: number): number {
  return perSecond >= 20 ? Math.round(perSecond) : Math.round(perSecond * 10) / 10;
}
