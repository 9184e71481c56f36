import type { RequestOutcome } from '@stormcart/core';
import { formatCount, formatMs } from './format.ts';
import type { Quantiles } from './report.ts';

/** The order in which outcomes are worth reading; `ok` first, then from shed on purpose to never sent. */
const OUTCOME_WORDS: Readonly<Record<RequestOutcome, string>> = {
  ok: 'ok',
  rejected: 'rejected (shed)',
  httpError: 'wrong status',
  timeout: 'timeout',
  reset: 'reset',
  truncated: 'truncated',
  connectError: 'no connection',
  dropped: 'dropped',
  unfinished: 'unfinished',
};

export function outcomeWord(outcome: RequestOutcome): string {
  return OUTCOME_WORDS[outcome];
}

/** `1,990 ok, 10 timeout` */
export function outcomesText(outcomes: Readonly<Record<RequestOutcome, number>>): string {
  return (Object.keys(OUTCOME_WORDS) as RequestOutcome[])
    .filter((outcome) => outcome === 'ok' || outcomes[outcome] > 0)
    .map((outcome) => `${formatCount(outcomes[outcome])} ${OUTCOME_WORDS[outcome]}`)
    .join(', ');
}

export function quantilesText(latency: Quantiles): string {
  return `p50 ${formatMs(latency.p50Ms)}, p90 ${formatMs(latency.p90Ms)}, p99 ${formatMs(latency.p99Ms)}, max ${formatMs(latency.maxMs)}`;
}
