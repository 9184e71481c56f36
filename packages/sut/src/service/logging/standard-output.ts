import { fstatSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { TextSink } from './line-buffer.ts';

const STANDARD_OUTPUT = 1;

/**
 * Standard output without waiting for it. `process.stdout` writes synchronously to files and pipes: who stops reading
 * our log would stop the service.
 */
export function standardOutput(): TextSink {
  const kind = fstatSync(STANDARD_OUTPUT);
  return kind.isFIFO() || kind.isSocket() ? streamSink() : fileSink();
}

/** A stream of our own makes the descriptor non-blocking, which `process.stdout` undoes. */
function streamSink(): TextSink {
  const socket = new Socket({ fd: STANDARD_OUTPUT, readable: false, writable: true });
  // A reader that left is no failure of ours; its lines have nowhere to go.
  socket.on('error', () => undefined);
  // A log must not keep a process alive that has nothing else to do.
  socket.unref();
  return {
    write: (text, done) => {
      if (socket.destroyed) setImmediate(done);
      else socket.write(text, () => done());
    },
    writeNow,
  };
}

/** libuv's threads write to files; a disk that stalls holds up one of them and never the event loop. */
function fileSink(): TextSink {
  return {
    write: (text, done) => {
      const bytes = Buffer.from(text);
      const writeFrom = (offset: number): void => {
        write(STANDARD_OUTPUT, bytes, offset, bytes.length - offset, null, (error, count) => {
          // A full disk takes this batch with it; there is nowhere left to say so.
          if (error === null && offset + count < bytes.length) writeFrom(offset + count);
          else done();
        });
      };
      writeFrom(0);
    },
    writeNow,
  };
}

function writeNow(text: string): void {
  try {
    writeSync(STANDARD_OUTPUT, text);
  } catch {
    // A full pipe (EAGAIN) or none at all: the process ends, and its last words are lost.
  }
}
