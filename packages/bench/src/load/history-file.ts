import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { messageOf, type Operation, type OperationOutcome } from '@stormcart/core';
import { loadError } from './load-error.ts';

/** Writes operations to `history.jsonl`, one line each. */
export interface HistoryWriter {
  /** Never waits; a failed disk is reported by `close`. */
  write(operation: Operation): void;
  /** Resolves when every line has reached the operating system. Throws HISTORY_WRITE_FAILED. */
  close(): Promise<void>;
}

/** Lines are handed to the stream in pieces of about this size: one system call for some 200 operations. */
const PIECE_CHARS = 64 * 1024;
/** Lines that no more operations add to are written after this long, so that a killed drill leaves its history. */
const FLUSH_MS = 500;
/** What a disk that stalls may hold up; beyond it the history would be incomplete, so the run fails. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

export function createHistoryWriter(path: string): HistoryWriter {
  const stream = createWriteStream(path, { flags: 'w' });
  let failure: unknown;
  let lines = '';
  stream.on('error', (error) => {
    failure ??= error;
  });
  const flush = (): void => {
    if (lines === '' || failure !== undefined) return;
    if (stream.writableLength > WAITING_BYTES_MAX) {
      failure = new Error(`the disk is ${stream.writableLength} bytes behind`);
    } else {
      stream.write(lines);
    }
    lines = '';
  };
  const timer = setInterval(flush, FLUSH_MS).unref();
  return {
    write: (operation) => {
      if (failure !== undefined) return;
      lines += `${JSON.stringify(operation)}\n`;
      if (lines.length >= PIECE_CHARS) flush();
    },
    close: async () => {
      clearInterval(timer);
      flush();
      if (failure === undefined && !stream.closed) {
        stream.end();
        await once(stream, 'close').catch(() => undefined);
      }
      if (failure === undefined) return;
      stream.destroy();
      throw loadError({
        kind: 'environment',
        code: 'HISTORY_WRITE_FAILED',
        message: `the history could not be written to ${path}: ${messageOf(failure)}`,
        hint: 'Look at the free space there (`df -h`); without a whole history no audit is possible.',
        cause: failure,
      });
    },
  };
}

/** Reads a history back, in the order in which it was written. Throws CORRUPT_HISTORY with the line's number. */
export async function* readHistory(path: string): AsyncGenerator<Operation> {
  const input = createReadStream(path, 'utf8');
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      yield operationFrom(line, path, number);
    }
  } finally {
    input.destroy();
  }
}

const OUTCOMES: readonly OperationOutcome[] = ['ok', 'fail', 'info'];

function operationFrom(line: string, path: string, number: number): Operation {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw corrupt(path, number, messageOf(error));
  }
  if (!isOperation(value))
    throw corrupt(path, number, 'it lacks a member of an operation, or one is malformed');
  return value;
}

/** Whether a value from elsewhere is one. */
export function isOperation(value: unknown): value is Operation {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Readonly<Record<keyof Operation, unknown>>;
  return (
    [record.index, record.sentMs, record.endedMs].every((member) => Number.isFinite(member)) &&
    [record.action, record.key, record.journey, record.customer].every(
      (member) => typeof member === 'string',
    ) &&
    OUTCOMES.includes(record.outcome as OperationOutcome) &&
    (record.status === undefined || Number.isInteger(record.status)) &&
    isPlainObject(record.input) &&
    (record.output === undefined || isPlainObject(record.output))
  );
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function corrupt(path: string, number: number, reason: string): Error {
  return loadError({
    kind: 'usage',
    code: 'CORRUPT_HISTORY',
    message: `${path}:${number}: not an operation: ${reason}`,
    hint: 'A drill that was killed may leave half a last line; removing that line makes the rest readable.',
    details: { path, line: number },
  });
}
