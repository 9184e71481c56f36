import type { SystemUnderTest } from '@stormcart/core';
import { AppError, systemClock } from '@stormcart/core';
import { describeFault } from '../drill/describe-fault.ts';
import type { LiveDrill } from '../drill/live-drill.ts';
import { formatSpan, plural } from '../report/format.ts';
import type { Command, CommandAnswer } from './command.ts';
import { CommandRefused } from './control-error.ts';
import { readHandFault } from './hand-fault.ts';
import type { LogBook } from './log-book.ts';

export interface Performer {
  readonly system: SystemUnderTest;
  readonly log: LogBook;
  /** Undefined while there is no load. */
  readonly live: () => LiveDrill | undefined;
  /** Whether somebody is there who ends faults whatever becomes of this process. */
  readonly isGuarded: boolean;
  /** Ends the drill with everything rolled back. */
  readonly abort: () => void;
}

/** Carries out what somebody asks for; all of it is written down. Throws `CommandRefused`. */
export async function performCommand(command: Command, performer: Performer): Promise<CommandAnswer> {
  if (command.do === 'abort') {
    performer.abort();
    return told('the drill is being ended and rolled back', performer);
  }
  const live = performer.live();
  if (live === undefined || isOver(live)) {
    throw new CommandRefused(409, 'there is no load to steer now; only `abort` works then');
  }
  const answer = await CARRY_OUT[command.do](command as never, live, performer);
  live.hands.note(answer.text);
  return told(answer.text, performer, answer.id);
}

type CarryOut<Name extends Command['do']> = (
  command: Extract<Command, { readonly do: Name }>,
  live: LiveDrill,
  performer: Performer,
) => CommandAnswer | Promise<CommandAnswer>;

/** What each command does; those of a drill without a load are not here. */
const CARRY_OUT: { readonly [Name in Exclude<Command['do'], 'abort'>]: CarryOut<Name> } = {
  inject: ({ fault }, live, performer) => inject(fault, live, performer),
  kill: ({ process }, live, performer) => inject({ process, action: 'kill', for: '1s' }, live, performer),
  clear: async ({ id }, { hands }) => {
    if (await hands.end(id)) return { text: `fault ${id} ended` };
    const on = activeOf(hands.records());
    throw new CommandRefused(
      404,
      `no fault ${id} is on`,
      on.length === 0 ? 'None is on.' : `On: ${on.join(', ')}.`,
    );
  },
  clearAll: async (_command, { hands }) => {
    const on = activeOf(hands.records());
    await Promise.all(on.map((id) => hands.end(id)));
    return {
      text: on.length === 0 ? 'no fault was on' : `${plural(on.length, 'fault')} ended: ${on.join(', ')}`,
    };
  },
  pause: (_command, live) => {
    live.hands.steering.set(0, elapsedMs(live));
    return { text: 'load paused' };
  },
  resume: (_command, live) => {
    const { steering } = live.hands;
    const before = steering.changes().findLast(({ factor }) => factor > 0)?.factor ?? 1;
    if (steering.factor() === 0) steering.set(before, elapsedMs(live));
    return { text: `load resumed at ${before} × the plan` };
  },
  rate: ({ factor }, live) => {
    live.hands.steering.set(factor, elapsedMs(live));
    return { text: `rate set to ${factor} × the plan` };
  },
};

function inject(
  entry: Readonly<Record<string, unknown>>,
  live: LiveDrill,
  { system, isGuarded }: Performer,
): CommandAnswer {
  const { hands, scenario } = live;
  if (!isGuarded) {
    throw new CommandRefused(
      409,
      'nobody could end a fault of this drill',
      'Start it with --dash or --open.',
    );
  }
  const taken = new Set([...scenario.faults, ...hands.faults()].map(({ id }) => id));
  const { id: wanted, ...rest } = entry;
  const id = typeof wanted === 'string' ? wanted : freeId(taken);
  if (taken.has(id)) throw new CommandRefused(409, `there has been a fault ${id} already`);
  const fault = { ...readHandFault(rest, id, scenario, system), atMs: Math.max(0, elapsedMs(live)) };
  try {
    hands.inject(fault);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new CommandRefused(
      409,
      error.message,
      'Links can be broken by hand when the drill runs with --dash or --open.',
    );
  }
  return { id, text: `fault ${id} injected for ${formatSpan(fault.forMs)}: ${describeFault(fault.target)}` };
}

function freeId(taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`hand-${number}`)) number += 1;
  return `hand-${number}`;
}

function activeOf(records: ReturnType<LiveDrill['hands']['records']>): readonly string[] {
  return records
    .filter(
      ({ appliedMs, revertedMs, problem }) =>
        appliedMs !== undefined && revertedMs === undefined && problem === undefined,
    )
    .map(({ id }) => id);
}

function elapsedMs({ zeroMs }: LiveDrill): number {
  return systemClock.now() - zeroMs;
}

function isOver(live: LiveDrill): boolean {
  return elapsedMs(live) >= live.plan.totalMs;
}

function told(text: string, { log, live }: Performer, id?: string): CommandAnswer {
  const now = live();
  log.write('hand', now === undefined ? 0 : elapsedMs(now), text);
  return { text, ...(id === undefined ? {} : { id }) };
}
