import { Option } from 'commander';
import { agentError } from '../agent/agent-error.ts';
import type { MusterOptions } from '../agent/agent-run.ts';
import { parseRedisAddress, type RedisAddress } from '../agent/redis-address.ts';
import { plural } from '../report/format.ts';
import { durationOption, shareCount } from './flag-value.ts';

/** A password on the command line is seen by everybody on the machine; in the environment it is not. */
export function redisOption(about: string): Option {
  return new Option('--redis <url>', about).env('STORMCART_REDIS');
}

export interface AgentFlags {
  readonly agents?: number;
  readonly redis?: string;
  readonly wait: number;
}

/** The same for everything that agents may take a part of; `whole`: what that is. */
export function agentOptions(
  whole: string,
  conflicts: readonly string[] = [],
): readonly [agents: Option, redis: Option, wait: Option] {
  return [
    new Option('--agents <number>', `share ${whole} out to so many \`stormcart agent\`s on other machines`)
      .argParser(shareCount)
      .conflicts([...conflicts]),
    redisOption('where the agents are met: redis://host:port'),
    durationOption('--wait <duration>', 'how long to wait for enough agents', '60s'),
  ];
}

/** Throws BAD_REDIS_URL. */
export function redisAddress(text: string | undefined): RedisAddress {
  if (text !== undefined) return parseRedisAddress(text);
  throw agentError({
    kind: 'usage',
    code: 'BAD_REDIS_URL',
    message: 'agents are met at a Redis, and none was named',
    hint: 'Name one that every machine reaches, such as --redis redis://10.0.0.5:6379, or set STORMCART_REDIS.',
  });
}

/** To type again. The address only where it gives no password away: STORMCART_REDIS may hold it. */
export function agentFlagsAgain({ agents, redis }: Partial<AgentFlags>): readonly string[] {
  if (agents === undefined) return [];
  const address = redisAddress(redis);
  const scheme = address.isEncrypted ? 'rediss' : 'redis';
  return address.password === undefined && address.username === undefined
    ? [`--agents ${agents}`, `--redis ${scheme}://${address.shown}/${address.db}`]
    : [`--agents ${agents}`];
}

/** Tells who is there while a load waits for its agents. */
export function showAgents(
  tell: (text: string) => void,
  count: number,
): Pick<MusterOptions, 'onWaiting' | 'onStart'> {
  let told = -1;
  return {
    onWaiting: (ready) => {
      if (ready.length === told) return;
      told = ready.length;
      tell(`${told} of ${plural(count, 'agent')} ready${told === 0 ? '' : `: ${ready.join(', ')}`}`);
    },
    onStart: (agents, uncertaintyMs) => {
      tell(
        `all begin at one time, known to each within ${uncertaintyMs.toFixed(1)} ms: ${agents.join(', ')}`,
      );
    },
  };
}
