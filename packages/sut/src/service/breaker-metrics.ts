import { Counter, Gauge, type Registry } from 'prom-client';
import type { Policy, PolicySight } from '../policy/policy.ts';

const STATE_VALUES = { closed: 0, open: 1, halfOpen: 2 } as const;

/** What a policy counts, by the series that shows it. */
const COUNTERS: Readonly<Record<string, readonly [help: string, read: (seen: PolicySight) => number]>> = {
  opened: ['How often the breaker opened.', (seen) => seen.openedCount],
  refused: ['Calls refused without being tried.', (seen) => seen.refusedCount],
  overflow: ['Calls not tried because too many were under way.', (seen) => seen.overflowCount],
  wasted: ['Calls begun whose result nobody waited for.', (seen) => seen.wastedCount],
};

/** Shows breakers; returns how one is added. A policy without a breaker shows nothing. */
export function createBreakerMetrics(registry: Registry): (policy: Policy) => void {
  const policies: Policy[] = [];
  const registers = [registry];
  const eachSeen = (take: (name: string, seen: PolicySight) => void): void => {
    for (const policy of policies) {
      const seen = policy.observe();
      if (seen !== undefined) take(policy.name, seen);
    }
  };
  const showAll = (): void => {
    void new Gauge({
      name: 'stormcart_breaker_state',
      help: '0 closed, 1 open, 2 half-open.',
      labelNames: ['name'],
      registers,
      collect() {
        eachSeen((name, seen) => this.set({ name }, STATE_VALUES[seen.state]));
      },
    });
    void new Counter({
      name: 'stormcart_breaker_transitions_total',
      help: 'Changes of state, by the state that was entered.',
      labelNames: ['name', 'to'],
      registers,
      collect() {
        this.reset();
        eachSeen((name, seen) => {
          this.inc({ name, to: 'open' }, seen.openedCount);
          this.inc({ name, to: 'half_open' }, seen.halfOpenedCount);
          this.inc({ name, to: 'closed' }, seen.closedCount);
        });
      },
    });
    for (const [series, [help, read]] of Object.entries(COUNTERS)) {
      void new Counter({
        name: `stormcart_breaker_${series}_total`,
        help,
        labelNames: ['name'],
        registers,
        // The policy owns the totals; a scrape copies them, and a counter is set by starting over.
        collect() {
          this.reset();
          eachSeen((name, seen) => this.inc({ name }, read(seen)));
        },
      });
    }
  };
  return (policy) => {
    if (policy.observe() === undefined) return;
    if (policies.length === 0) showAll();
    policies.push(policy);
  };
}
