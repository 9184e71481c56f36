import { afterEach } from 'vitest';
import { type Rig, startRig, untilInRotation } from './rig.ts';

interface Closable {
  close(): Promise<void>;
}

/** What a test opens, closed after it, the last one first. */
export interface Scope {
  readonly keep: <One extends Closable>(one: One) => One;
  /** A balancer in front of back ends on these ports, all of them in rotation. */
  readonly rigOn: (ports: readonly number[], options?: Parameters<typeof startRig>[1]) => Promise<Rig>;
}

export function closeAfterEach(): Scope {
  const opened: Closable[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
  });
  const keep = <One extends Closable>(one: One): One => {
    opened.push(one);
    return one;
  };
  return {
    keep,
    rigOn: async (ports, options) => {
      const rig = await startRig(ports, options);
      keep(rig.balancer);
      await untilInRotation(rig.balancer, ports.length);
      return rig;
    },
  };
}
