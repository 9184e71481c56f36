import { hostname } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { type AgentEvent, runAgent } from '../../agent/agent.ts';
import { formatSpan, plural } from '../../report/format.ts';
import { requestCountOf } from '../../share/share-result.ts';
import { redisAddress, redisOption } from '../agent-flags.ts';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  readonly redis?: string;
  readonly name?: string;
  readonly once?: true;
}

export function addAgent(program: Command, context: CommandContext): void {
  program
    .command('agent')
    .description('take shares of loads and drills from other machines, met at a Redis')
    .addOption(redisOption('where to meet: redis://host:port, or rediss:// with TLS'))
    .option(
      '--name <name>',
      "what it is called in reports; this machine's name and the process id by default",
      agentName,
    )
    .option('--once', 'leave after the first share: 0 when its figures were handed over, 3 when not')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => agent(options, context));
}

const EXAMPLES = `
One agent uses one core: start several on a larger machine. The Redis is trusted: whoever may write to it decides
where the agents send load. Nothing stays in it.

Examples:
  stormcart agent --redis redis://10.0.0.5:6379                  on each machine that is to send load
  stormcart load http://shop.example:8080/ --rate 90000/s --for 1m --agents 3 --redis redis://10.0.0.5:6379
  stormcart run my-drill.yaml --agents 3 --redis redis://10.0.0.5:6379
  STORMCART_REDIS=redis://user:password@10.0.0.5 stormcart agent --name rack-7 --once`;

async function agent(options: Options, { terminal, signal, exitWith }: CommandContext): Promise<void> {
  const redis = redisAddress(options.redis);
  const name = options.name ?? `${hostname()}-${process.pid}`;
  terminal.message(`agent ${name} at the Redis ${redis.shown}`);
  const isOnce = options.once === true;
  const onEvent = (event: AgentEvent): void => show(event, terminal);
  const final = await runAgent({ redis, name, isOnce, signal, onEvent }).finally(leaveSoon);
  signal.throwIfAborted();
  if (final?.kind !== 'done') exitWith(exitCodes.inconclusive);
}

function show(event: AgentEvent, terminal: Terminal): void {
  switch (event.kind) {
    case 'waiting':
      terminal.message('waiting for a load');
      return;
    case 'taken':
      terminal.message(`share ${event.index + 1} of ${event.of} of a load on ${event.url}: ready`);
      return;
    case 'beginning':
      terminal.message(`it begins in ${formatSpan(Math.round(event.inMs))}`);
      return;
    case 'trouble':
      terminal.message(`trouble with Redis: ${event.message}`);
      return;
    case 'ended': {
      const { final } = event;
      if (final.kind === 'done')
        terminal.message(`share ended: ${plural(requestCountOf(final.result), 'request')}`);
      else
        terminal.message(
          `share not run to its end: ${final.kind === 'lost' ? final.reason : final.error.message}`,
        );
    }
  }
}

/** BullMQ goes on seeking a Redis that was gone when it was closed. The timer itself keeps nobody here. */
function leaveSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** The last messages are written in much less. */
const LINGER_MS = 1_000;

function agentName(text: string): string {
  if (/^[\w.-]{1,63}$/.test(text)) return text;
  throw new InvalidArgumentError('a name of letters, digits, dots, - and _, 63 at most, such as rack-7');
}
