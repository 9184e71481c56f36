import { connect } from 'node:net';
import { type Address, type Clock, MessageReader, messageOf } from '@stormcart/core';

export interface ProbeOptions {
  readonly path: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Asks a back end how it is, over a connection of its own: so that a probe also shows whether new
 * connections are accepted. Undefined when it answers 2xx in time, else the reason.
 */
export function probe(
  address: Address,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address.host, port: address.port, noDelay: true });
    const finish = (reason: string | undefined): void => {
      cancelTimer();
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(reason);
    };
    const onAbort = (): void => finish('aborted');
    const cancelTimer = options.clock.after(options.timeoutMs, () =>
      finish(`no answer within ${options.timeoutMs} ms`),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    const reader = new MessageReader('response', {
      onHead: ({ status }) => finish(status >= 200 && status < 300 ? undefined : `answered ${status}`),
      onEnd: () => undefined,
    });
    reader.expectResponseTo('GET');
    const authority = address.host.includes(':') ? `[${address.host}]` : address.host;
    socket.write(
      `GET ${options.path} HTTP/1.1\r\nHost: ${authority}:${address.port}\r\n` +
        'User-Agent: stormcart-balancer\r\nConnection: close\r\n\r\n',
    );
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        finish(messageOf(error));
      }
    });
    socket.on('error', (error) => finish(messageOf(error)));
    socket.on('close', () => finish('closed without an answer'));
  });
}
