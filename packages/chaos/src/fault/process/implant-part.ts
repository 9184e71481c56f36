import { randomUUID } from 'node:crypto';
import { type SystemProcess, systemClock } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import { type Implant, isFreeOf, plantIn, uprootFrom } from '../../implant/implant.ts';
import { isNodeProgram, programOf } from '../../kernel/program.ts';
import type { ProcessPart } from './process-fault.ts';
import { lifeOf, type ProcessLife } from './process-life.ts';
import { isOver } from './process-stat.ts';

/** A process that is stopped takes no signal; what happens to it then is not this fault's. */
const PLANT_MS_MAX = 8_000;

/**
 * Something that happens inside a Node process, brought there through its inspector, which is open only meanwhile. A
 * new life of the process has nothing of it. Throws at once for a process that is no Node.
 */
export function implantPart<Options, Tools>(
  process: SystemProcess,
  action: string,
  implant: Implant<Options, Tools>,
): ProcessPart {
  const token = randomUUID();
  requireNode(process, action);
  let host: ProcessLife | undefined;
  let count = 0;
  return {
    apply: async ({ forMs, signal, journal }) => {
      const untilMs = systemClock.now() + forMs;
      const life = await lifeOf(process, action);
      requireNode(process, action);
      await journal({ kind: 'end-implant', ...life, token });
      host = life;
      const within = AbortSignal.any([signal, AbortSignal.timeout(PLANT_MS_MAX)]);
      await plantIn(life.pid, implant, { token, untilMs }, within);
    },
    revert: async (signal) => {
      if (host === undefined || (await isOver(host.pid, host.identity))) return;
      // Asked for again, there is nothing left to count.
      count = Math.max(count, await uprootFrom(host.pid, token, signal));
    },
    isGone: async (signal) =>
      host === undefined || (await isOver(host.pid, host.identity)) || isFreeOf(host.pid, token, signal),
    hits: async () => count,
  };
}

function requireNode(process: SystemProcess, action: string): void {
  const pid = process.pid();
  const program = pid === undefined ? undefined : programOf(pid);
  // One that is down may be up by then.
  if (program === undefined || isNodeProgram(program)) return;
  throw new ChaosError({
    kind: 'usage',
    code: 'UNFIT_PROCESS',
    message: `${action}: ${process.name} is no Node process, it runs ${program}`,
    hint: 'Accepted: a process whose program is node.',
  });
}
