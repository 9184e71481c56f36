import type { SystemDescription } from '@stormcart/core';

/** What exists in the system, and what of it this scenario's load uses. */
export interface Names {
  readonly allJourneys: readonly string[];
  /** Those with a weight. */
  readonly journeys: readonly string[];
  /** What those request. */
  readonly routes: readonly string[];
  /** Breakers under the scenario's own policies. */
  readonly breakers: readonly string[];
  routesOf(journey: string): readonly string[];
  /** Every journey of the system that requests this route. */
  journeysWith(route: string): readonly string[];
  /** The share of arrivals whose journey is chosen. */
  shareOfMix(isChosen: (journey: string) => boolean): number;
}

/** Without a readable mix every journey counts as used. */
export function createNames(
  { journeys, breakers }: SystemDescription,
  mix: Readonly<Record<string, number | undefined>> | undefined,
): Names {
  const weightOf = (name: string): number => (mix === undefined ? 1 : (mix[name] ?? 0));
  const used = journeys.filter(({ name }) => weightOf(name) > 0);
  const total = used.reduce((sum, { name }) => sum + weightOf(name), 0);
  return {
    allJourneys: journeys.map(({ name }) => name),
    journeys: used.map(({ name }) => name),
    routes: [...new Set(used.flatMap(({ routes }) => routes))],
    breakers,
    routesOf: (journey) => journeys.find(({ name }) => name === journey)?.routes ?? [],
    journeysWith: (route) => journeys.filter(({ routes }) => routes.includes(route)).map(({ name }) => name),
    shareOfMix: (isChosen) =>
      used.reduce((sum, { name }) => sum + (isChosen(name) ? weightOf(name) / total : 0), 0),
  };
}
