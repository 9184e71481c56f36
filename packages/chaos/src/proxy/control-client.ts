import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Address, messageOf } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface CallAnswer {
  readonly status: number;
  /** Parsed JSON, undefined when there was none. */
  readonly body: unknown;
}

/** The process answers within a millisecond; a machine that starves it for this long has lost the drill anyway. */
const CALL_TIMEOUT_MS = 5_000;

/** Speaks to the proxy process. */
export class ControlClient {
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
  }

  /** Rejects with FAULT_PROXY_FAILED when no answer comes. */
  async call(method: string, path: readonly string[], options: CallOptions = {}): Promise<CallAnswer> {
    try {
      return await this.#send(method, path, options);
    } catch (cause) {
      throw new ChaosError({
        kind: 'internal',
        code: 'FAULT_PROXY_FAILED',
        message: `the fault proxy did not answer ${method} /${path.join('/')}: ${messageOf(cause)}`,
        hint: 'Its own log is fault-proxy.log.',
        cause,
      });
    }
  }

  /** The answer's body; rejects with FAULT_PROXY_REFUSED unless the status is a success. */
  async demand<Body>(method: string, path: readonly string[], options: CallOptions = {}): Promise<Body> {
    const answer = await this.call(method, path, options);
    this.check(answer, method, path);
    return answer.body as Body;
  }

  /** Throws FAULT_PROXY_REFUSED unless the status is a success. */
  check({ status, body }: CallAnswer, method: string, path: readonly string[]): void {
    if (status >= 200 && status < 300) return;
    const told = typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : '';
    throw new ChaosError({
      kind: 'internal',
      code: 'FAULT_PROXY_REFUSED',
      message: `the fault proxy answered ${status} to ${method} /${path.join('/')}: ${told}`,
      details: { status },
    });
  }

  async #send(method: string, path: readonly string[], { body, signal }: CallOptions): Promise<CallAnswer> {
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request({
        ...this.#address,
        method,
        path: `/${path.map(encodeURIComponent).join('/')}`,
        headers: { 'content-type': 'application/json' },
        agent: false,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      call.once('response', resolve);
      call.once('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
    const answer = await text(response);
    return { status: response.statusCode ?? 0, body: answer === '' ? undefined : JSON.parse(answer) };
  }
}
