import type { AccessLine } from '../access-log/access-log.ts';
import type { ProxyContext } from './proxy-context.ts';

/** A finished request: its access line, with the start on both clocks instead of time and duration. */
export interface RequestFacts extends Omit<AccessLine, 'time' | 'durationMs'> {
  readonly startMs: number;
  readonly startWallMs: number;
}

/** Writes the access line and counts the request; the only place that does either. */
export function recordRequest(context: ProxyContext, facts: RequestFacts): void {
  const { startMs, startWallMs, ...rest } = facts;
  const line = {
    time: new Date(startWallMs).toISOString(),
    ...rest,
    // Microseconds are as fine as the clock is worth.
    durationMs: Math.round((context.clock.now() - startMs) * 1_000) / 1_000,
  };
  context.accessLog.write(line);
  context.counts.add(line);
}
