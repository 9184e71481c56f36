import type { Clock } from '@stormcart/core';
import type { ShareProgress } from '../share/run-share.ts';
import type { ShareTask } from '../share/share-task.ts';
import type { Order } from './agent-message.ts';
import type { BatchPump } from './batch-pump.ts';
import type { ClockOffset } from './clock-offset.ts';
import type { MeetingPlace } from './meeting-place.ts';
import type { RedisAddress } from './redis-address.ts';
import type { RunKeys } from './run-keys.ts';
import type { Seats } from './seats.ts';

export interface MusterOptions {
  readonly redis: RedisAddress;
  /** One for each agent. */
  readonly tasks: readonly ShareTask[];
  /** How long to wait for enough agents. */
  readonly waitMs: number;
  /** Ends the load early; what was measured until then is the outcome. */
  readonly signal: AbortSignal;
  readonly onProgress: (index: number, progress: ShareProgress) => void;
  /** What agents have seen of a drill, in the order of each; why a share is not whole any more, when it is not. */
  readonly onBatch?: (batch: Buffer) => { readonly share: number; readonly reason: string } | undefined;
  /** While it waits: who is ready. */
  readonly onWaiting: (ready: readonly string[]) => void;
  readonly onStart: (agents: readonly string[], uncertaintyMs: number) => void;
  readonly clock?: Clock;
}

/** All that those who share out a load know of it. */
export interface AgentRun extends MusterOptions {
  readonly clock: Clock;
  readonly place: MeetingPlace;
  readonly keys: RunKeys;
  readonly runId: string;
  readonly seats: Seats;
  readonly pump: BatchPump;
  /** Of our clock. */
  readonly offset: ClockOffset;
  /** Throws BAD_MESSAGE once an agent has said something that nobody understands. */
  readonly assertUnderstood: () => void;
  /** Said to all agents. */
  order: Order;
}

export const BEAT_MS = 250;
/** What has an end by itself is renewed this often. */
export const RENEW_MS = 1_000;
/** From the word to the beginning: agents listen every 250 ms; one that hears too late says so instead of beginning late. */
export const LEAD_MS = 1_500;
/** Says the order again, and lets nothing end meanwhile that should not. */
export async function renew({ place, keys, order }: AgentRun): Promise<void> {
  await place.say(keys, order);
  await place.letExpire(keys);
}
