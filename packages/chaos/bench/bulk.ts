import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Address } from '@stormcart/core';
import type { BulkOrder, BulkResult } from './bulk-main.ts';

/** A source and a sink; between them stands whatever is measured. */
export interface BulkEnds {
  /** Of the sink. */
  readonly address: Address;
  /** Sends `bytes` to an address behind which the sink is; milliseconds from its first byte to its last. */
  send(to: Address, bytes: number): Promise<number>;
  close(): void;
}

export async function startBulkEnds(): Promise<BulkEnds> {
  const file = fileURLToPath(new URL('./bulk-main.ts', import.meta.url));
  const source = fork(file, ['source']);
  const sink = fork(file, ['sink']);
  const { port } = await nextMessage<{ readonly port: number }>(sink);
  return {
    address: { host: '127.0.0.1', port },
    send: async (to, bytes) => {
      const result = nextMessage<BulkResult>(sink);
      source.send({ ...to, bytes } satisfies BulkOrder);
      const { receivedBytes, tookMs } = await result;
      if (receivedBytes !== bytes) throw new Error(`${receivedBytes} of ${bytes} bytes came`);
      return tookMs;
    },
    close: () => {
      source.disconnect();
      sink.disconnect();
    },
  };
}

/** A transfer takes a tenth of a second; on a crowded machine some. */
const MESSAGE_TIMEOUT_MS = 30_000;

async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = (await once(child, 'message', {
    signal: AbortSignal.timeout(MESSAGE_TIMEOUT_MS),
  })) as [Message];
  return message;
}
