import {
  createRandom,
  createZipf,
  type ManualClock,
  type Reply,
  type RequestSpec,
  type Visit,
} from '@stormcart/core';

/** What the other side of a test says to one request. */
export type ScriptedAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body?: unknown }
  | { readonly kind: 'silence'; readonly outcome: 'timeout' | 'reset' | 'connectError' };

export type Script = (spec: RequestSpec, number: number) => ScriptedAnswer;

export interface ScriptedVisit extends Visit {
  /** What was asked for, in order. */
  readonly requests: readonly RequestSpec[];
  /** How each ended, as the driver would book it. */
  readonly replies: readonly Reply[];
}

/** No journey asks as often; one that would not end fails its test instead. */
const REQUESTS_MAX = 200;

const zipfs = new Map<number, ReturnType<typeof createZipf>>();

/** The tables are kept: tests make thousands of visits. */
function popularOf(count: number): ReturnType<typeof createZipf> {
  const zipf = zipfs.get(count) ?? createZipf(count, 1);
  zipfs.set(count, zipf);
  return zipf;
}

/** A visit whose answers come from a script: for tests. Thinking moves the clock on, answers come at once. */
export function createScriptedVisit(clock: ManualClock, script: Script, seed = 1): ScriptedVisit {
  const requests: RequestSpec[] = [];
  const replies: Reply[] = [];
  const random = createRandom(seed);
  return {
    arrival: 0,
    random,
    choosePopular: (count) => popularOf(count)(random),
    requests,
    replies,
    request: (spec) => {
      if (requests.length >= REQUESTS_MAX) throw new Error('this journey does not end');
      requests.push(spec);
      const reply = replyOf(spec, script(spec, requests.length));
      replies.push(reply);
      return Promise.resolve(reply);
    },
    pause: (ms) => clock.advance(ms),
  };
}

export const answer = (status: number, body?: unknown): ScriptedAnswer => ({ kind: 'answer', status, body });

export const silence = (outcome: 'timeout' | 'reset' | 'connectError' = 'timeout'): ScriptedAnswer => ({
  kind: 'silence',
  outcome,
});

export const problem = (status: number, slug: string): ScriptedAnswer =>
  answer(status, { type: `urn:stormcart:problem:${slug}`, status });

function replyOf(spec: RequestSpec, scripted: ScriptedAnswer): Reply {
  if (scripted.kind === 'silence') {
    return { outcome: scripted.outcome, status: undefined, headers: {}, body: undefined };
  }
  const { status, body } = scripted;
  return { outcome: spec.expect(status, body) ? 'ok' : 'httpError', status, headers: {}, body };
}
