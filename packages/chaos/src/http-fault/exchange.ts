import type { MessagePart, RequestHead, ResponseHead } from '@stormcart/core';
import type { ActiveHttpFault, Affliction, Befallen } from './active-http-fault.ts';
import type { Ending, HttpEffect } from './http-fault-kind.ts';
import { ownAnswer, replacedAnswer } from './own-answer.ts';

/** What an exchange may do to the two connections it runs on. */
export interface ExchangeSides {
  /** `wasHeld`: if the server has closed its connection meanwhile, there is to be a new one. */
  sendRequest(method: string, head: Buffer, wasHeld: boolean): void;
  toServer(bytes: Buffer): void;
  toClient(bytes: Buffer): void;
  /** Lets the rest of a request come that was held back. */
  resumeRequest(): void;
  pauseAnswer(): void;
  resumeAnswer(): void;
  /** Both messages are complete. */
  finish(closes: boolean): void;
  /** The client gets no more than it has. */
  cut(ending: Ending): void;
  after(ms: number, callback: () => void): () => void;
  /** Has what was written outside of a read sent. */
  settle(): void;
}

/** The one affliction that decides on the answer, by kind. */
type Decision<Kind extends HttpEffect['kind']> = {
  readonly fault: ActiveHttpFault;
  readonly effect: Extract<HttpEffect, { readonly kind: Kind }>;
};

/** What becomes of the server's answer. */
type AnswerFate =
  | { readonly kind: 'awaited' }
  | { readonly kind: 'forwarded' }
  /** The client has another one. */
  | { readonly kind: 'discarded' }
  | { readonly kind: 'swallowed'; readonly fault: ActiveHttpFault; readonly ending: Ending }
  | {
      readonly kind: 'cut';
      readonly fault: ActiveHttpFault;
      readonly ending: Ending;
      readonly keep: number;
      /** How much of the body still goes on; undefined until its first piece. */
      readonly bytesLeft: number | undefined;
    };

/** What is being held back. */
interface Hold {
  readonly part: 'request' | 'answer';
  readonly fault: ActiveHttpFault;
  readonly cancel: () => void;
  readonly release: () => void;
}

/** One request and its answer on their way through the forwarder, and what befalls them. */
export class Exchange implements Befallen {
  readonly #head: RequestHead;
  readonly #rawHead: Buffer;
  readonly #afflictions: readonly Affliction[];
  readonly #sides: ExchangeSides;
  readonly #served = new Set<Affliction>();
  #hold: Hold | undefined;
  #isDropped = false;
  #isSent = false;
  #isRequestComplete = false;
  #isAnswerComplete = false;
  #isOver = false;
  #closes = false;
  #fate: AnswerFate = { kind: 'awaited' };

  /** `rawHead`: the request's head as it came. */
  constructor(head: RequestHead, rawHead: Buffer, afflictions: readonly Affliction[], sides: ExchangeSides) {
    this.#head = head;
    this.#rawHead = rawHead;
    this.#afflictions = afflictions;
    this.#sides = sides;
    for (const { fault } of afflictions) fault.befall(this);
  }

  get holdsRequest(): boolean {
    return this.#hold?.part === 'request';
  }

  get holdsAnswer(): boolean {
    return this.#hold?.part === 'answer';
  }

  get isRequestComplete(): boolean {
    return this.#isRequestComplete;
  }

  /** Whether the server has been told of it. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Whether a fault has taken some of its bytes, or still may: then they cannot simply be carried on. */
  get isAfflicted(): boolean {
    if (this.#isDropped || this.#hold !== undefined) return true;
    if (this.#fate.kind !== 'awaited') return this.#fate.kind !== 'forwarded';
    return this.#afflictions.some(({ fault, effect }) => effect.kind !== 'hold' && !fault.isOver);
  }

  start(): void {
    this.#passHolds('request', () => this.#send());
  }

  onRequestBytes(bytes: Buffer): void {
    if (this.#isSent) this.#sides.toServer(bytes);
  }

  onRequestEnd(): void {
    this.#isRequestComplete = true;
    if (this.holdsRequest) return;
    if (this.#isDropped) this.#answerDropped();
    else if (this.#isAnswerComplete && !this.holdsAnswer) this.#complete();
  }

  onInterim(raw: Buffer): void {
    this.#sides.toClient(raw);
  }

  onAnswerHead(head: ResponseHead, raw: Buffer): void {
    this.#passHolds('answer', () => this.#decide(head, raw));
    if (this.holdsAnswer) this.#sides.pauseAnswer();
  }

  onAnswerBytes(bytes: Buffer, part: MessagePart): void {
    if (this.#fate.kind === 'forwarded') this.#sides.toClient(bytes);
    else if (this.#fate.kind === 'cut') this.#passUntilCut(this.#fate, bytes, part);
  }

  onAnswerEnd(): void {
    if (this.#isOver) return;
    this.#isAnswerComplete = true;
    if (!this.holdsAnswer) this.#complete();
  }

  /** The server has gone and will send nothing more: whether the client may stay all the same. */
  outlivesServer(): boolean {
    if (this.#fate.kind === 'swallowed') this.#sides.cut(this.#fate.ending);
    if (this.#isSent) return this.holdsAnswer;
    // It never knew of the request: held back, it goes to a new connection; dropped, it needs none.
    this.#closes ||= this.#isDropped;
    return true;
  }

  onFaultEnd(fault: ActiveHttpFault): void {
    if (this.#hold?.fault === fault) {
      this.#hold.cancel();
      this.#hold.release();
    } else if (this.#fate.kind === 'swallowed' && this.#fate.fault === fault) {
      // Part of the answer is gone already: there is no way back, but nobody needs to wait for its end.
      this.#sides.cut(this.#fate.ending);
    }
    this.#sides.settle();
  }

  /** Its connections have ended, or carry something else from now on. Safe to call twice. */
  abandon(): void {
    this.#isOver = true;
    this.#hold?.cancel();
    this.#hold = undefined;
    for (const { fault } of this.#afflictions) fault.letGo(this);
  }

  /** Waits for each hold of this part in turn, then goes on. */
  #passHolds(part: Hold['part'], proceed: () => void): void {
    const next = this.#afflictions.find((affliction) => {
      const { fault, effect } = affliction;
      return effect.kind === 'hold' && effect.part === part && !fault.isOver && !this.#served.has(affliction);
    });
    if (next === undefined || next.effect.kind !== 'hold') {
      proceed();
      return;
    }
    const { fault, effect } = next;
    this.#served.add(next);
    fault.countHit();
    const release = (): void => {
      this.#hold = undefined;
      this.#passHolds(part, proceed);
      if (this.#hold !== undefined) return;
      if (part === 'request') this.#sides.resumeRequest();
      else this.#release();
    };
    this.#hold = { part, fault, release, cancel: this.#sides.after(effect.ms, release) };
  }

  /** The answer goes on, or has come to its end while it was held. */
  #release(): void {
    if (this.#isOver) return;
    if (this.#isAnswerComplete) this.#complete();
    this.#sides.resumeAnswer();
  }

  #send(): void {
    const decision = this.#decisionOf('answer');
    if (decision === undefined || decision.effect.isDelivered) {
      this.#isSent = true;
      this.#sides.sendRequest(this.#head.method, this.#rawHead, this.#served.size > 0);
      return;
    }
    this.#isDropped = true;
    // Who waits for a go-ahead would wait for ever; what it does after a final answer nobody knows (RFC 9110 §10.1.1).
    const waits = this.#head.headers.tokens('expect').includes('100-continue');
    this.#closes = waits || !this.#head.keepsAlive;
    if (this.#isRequestComplete || waits) this.#answerDropped();
  }

  #answerDropped(): void {
    const decision = this.#afflictions.find(({ effect }) => effect.kind === 'answer');
    if (this.#isOver || decision?.effect.kind !== 'answer') return;
    decision.fault.countHit();
    this.#sides.toClient(this.#ownAnswer(decision.effect));
    this.#sides.finish(this.#closes);
  }

  #decide(head: ResponseHead, raw: Buffer): void {
    const hasBody = head.framing.kind !== 'none';
    this.#closes = !this.#head.keepsAlive || !head.keepsAlive;
    const own = this.#decisionOf('answer');
    if (own !== undefined) return this.#discard(own.fault, this.#ownAnswer(own.effect));
    const swallow = this.#decisionOf('swallow');
    if (swallow !== undefined) {
      swallow.fault.countHit();
      this.#fate = { kind: 'swallowed', fault: swallow.fault, ending: swallow.effect.ending };
      return;
    }
    const replace = this.#decisionOf('replaceBody');
    if (replace !== undefined && hasBody) {
      const { fault, effect } = replace;
      const context = { request: this.#head, closes: this.#closes };
      return this.#discard(fault, replacedAnswer(head, effect.body, context));
    }
    this.#closes = false;
    const cut = this.#decisionOf('cutBody');
    this.#fate = cut === undefined ? { kind: 'forwarded' } : cutFateOf(cut, head);
    this.#sides.toClient(raw);
  }

  #discard(fault: ActiveHttpFault, instead: Buffer): void {
    fault.countHit();
    this.#fate = { kind: 'discarded' };
    this.#sides.toClient(instead);
  }

  #passUntilCut(fate: Extract<AnswerFate, { kind: 'cut' }>, bytes: Buffer, part: MessagePart): void {
    if (fate.fault.isOver || part !== 'body') {
      this.#sides.toClient(bytes);
      return;
    }
    const limit = fate.bytesLeft ?? Math.floor(bytes.length * fate.keep);
    this.#sides.toClient(bytes.subarray(0, limit));
    if (bytes.length < limit) {
      this.#fate = { ...fate, bytesLeft: limit - bytes.length };
      return;
    }
    fate.fault.countHit();
    this.#sides.cut(fate.ending);
  }

  #complete(): void {
    if (this.#fate.kind === 'swallowed') this.#sides.cut(this.#fate.ending);
    else if (this.#isRequestComplete) this.#sides.finish(this.#closes);
  }

  #ownAnswer({ status, retryAfterS }: Decision<'answer'>['effect']): Buffer {
    return ownAnswer({ status, retryAfterS, request: this.#head, closes: this.#closes });
  }

  #decisionOf<Kind extends HttpEffect['kind']>(kind: Kind): Decision<Kind> | undefined {
    const found = this.#afflictions.find(({ fault, effect }) => effect.kind === kind && !fault.isOver);
    return found as Decision<Kind> | undefined;
  }
}

function cutFateOf({ fault, effect }: Decision<'cutBody'>, { framing }: ResponseHead): AnswerFate {
  const { keep } = effect;
  const cut = { kind: 'cut', fault, keep, ending: 'close', bytesLeft: undefined } as const;
  switch (framing.kind) {
    case 'none':
      return { kind: 'forwarded' };
    case 'length':
      return framing.bytes === 0
        ? { kind: 'forwarded' }
        : { ...cut, bytesLeft: Math.floor(framing.bytes * keep) };
    case 'chunked':
      return cut;
    case 'untilClose':
      // Its end is the connection's end: only a reset tells the client that more was to come.
      return { ...cut, ending: 'reset' };
  }
}
