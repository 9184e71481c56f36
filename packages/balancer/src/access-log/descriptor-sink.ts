import { write } from 'node:fs';
import { promisify } from 'node:util';
import { systemCodeOf } from '@stormcart/core';
import type { LogSink } from './access-log.ts';

const writeSome = promisify(write);
/** A full non-blocking pipe answers EAGAIN; a reader that stalls is asked again this often. */
const FULL_PIPE_PAUSE_MS = 20;

/**
 * Writes to a file descriptor from libuv's threads. `process.stdout` would write synchronously to
 * files and pipes: whoever stops reading our log would stop the balancer.
 */
export function descriptorSink(descriptor: number): LogSink {
  return async (text) => {
    const buffer = Buffer.from(text);
    let offset = 0;
    while (offset < buffer.length) {
      try {
        const { bytesWritten } = await writeSome(descriptor, buffer, offset, buffer.length - offset, null);
        offset += bytesWritten;
      } catch (error) {
        if (systemCodeOf(error) !== 'EAGAIN') throw error;
        await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_PAUSE_MS));
      }
    }
  };
}
