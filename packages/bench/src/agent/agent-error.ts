import { AppError, type AppErrorOptions } from '@stormcart/core';

/** What can keep a load from being shared out to other machines; that an agent is lost in mid-load is data, never one of these. */
export type AgentErrorCode =
  /** No address of a Redis. */
  | 'BAD_REDIS_URL'
  /** Nobody answers there, or not to us. */
  | 'NO_REDIS'
  | 'NOT_ENOUGH_AGENTS'
  /** An agent cannot tell well enough what time it is for the others. */
  | 'CLOCK_UNCERTAIN'
  /** Something in Redis is not what this version writes. */
  | 'BAD_MESSAGE';

export function agentError(options: AppErrorOptions<AgentErrorCode>): AppError<AgentErrorCode> {
  return new AppError(options);
}
