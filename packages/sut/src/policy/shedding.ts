/** What is given up first stands first: a customer who pays is worth more than one who looks around. */
export const priorities = ['browse', 'cart', 'checkout'] as const;
export type Priority = (typeof priorities)[number];

/** How busy one process is. */
export interface Load {
  /** How late its timers come, smoothed. */
  readonly lagMs: number;
  /** Requests taken and not yet answered. */
  readonly inFlight: number;
}

export interface SheddingFigures {
  /** A priority is turned away from either of these on. Each figure rises from browse to checkout. */
  readonly limits: Readonly<Record<Priority, Load>>;
  /** A look is calm when the load is below this share of the limits of what is turned away … */
  readonly calmShare: number;
  /** … and after so many calm looks in a row one priority more is let in again. */
  readonly calmLooks: number;
}

export interface Shedding {
  /** How many priorities are turned away, from browse up: 0 to 3. */
  readonly level: number;
  readonly calmLooks: number;
}

export const noShedding: Shedding = { level: 0, calmLooks: 0 };

/** The state after one more look. Up at once and as far as needed; down slowly and one by one, so that it does not flap. */
export function nextShedding(before: Shedding, load: Load, figures: SheddingFigures): Shedding {
  const asked = priorities.filter((priority) => reaches(load, figures.limits[priority], 1)).length;
  if (asked > before.level) return { level: asked, calmLooks: 0 };
  const top = priorities[before.level - 1];
  if (top === undefined || reaches(load, figures.limits[top], figures.calmShare)) {
    return { level: before.level, calmLooks: 0 };
  }
  const calmLooks = before.calmLooks + 1;
  return calmLooks < figures.calmLooks
    ? { level: before.level, calmLooks }
    : { level: before.level - 1, calmLooks: 0 };
}

/** Whether a request that arrives now is turned away. Between two looks the count in flight alone may say so. */
export function isShed(
  priority: Priority,
  shedding: Shedding,
  inFlight: number,
  figures: SheddingFigures,
): boolean {
  return priorities.indexOf(priority) < shedding.level || inFlight >= figures.limits[priority].inFlight;
}

function reaches(load: Load, limit: Load, share: number): boolean {
  return load.lagMs >= limit.lagMs * share || load.inFlight >= limit.inFlight * share;
}
