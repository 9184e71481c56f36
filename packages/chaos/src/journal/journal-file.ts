import { closeSync, constants, fdatasync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { messageOf, systemCodeOf } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import { encodeRecord, type JournalRecord } from './journal-record.ts';
import { type JournalContent, readJournal } from './read-journal.ts';

/**
 * A step is a few hundred bytes, so this is room for some 10,000; who writes more has gone astray, and the watchdog
 * reads all of it whenever it has grown.
 */
const OPENED_BYTES_MAX = 4 * 1_048_576;
/** What ends entries must always find room: several short lines for each that was opened. */
const FILE_BYTES_MAX = 4 * OPENED_BYTES_MAX;
/** Addresses, names, credentials and a statement or two. */
const LINE_BYTES_MAX = 16_384;

/** Steps may hold the credentials of stores. */
const OWNER_ONLY = 0o600;

const NEWLINE = 0x0a;

/** A journal that is open for appending. Several processes may append to one file: each line is one write at its end. */
export interface JournalFile {
  /**
   * Resolves once the line is safe. It is with the kernel when write(2) has returned, which SIGKILL of this process
   * cannot undo; what opens an entry is also brought to the disk, since what it announces may be done to a store on
   * another machine, which stays broken when this one loses its power. Rejects with JOURNAL_FAILED; then nothing may be
   * done that the line announced.
   */
  append(record: JournalRecord): Promise<void>;
  close(): void;
}

/** Makes the journal of a run. Rejects with JOURNAL_FAILED, also when there is one already. */
export async function createJournal(path: string, runId: string): Promise<JournalFile> {
  const { O_CREAT, O_EXCL } = constants;
  const file = openForAppending(path, O_CREAT | O_EXCL);
  try {
    await file.append({ kind: 'journal', version: 1, runId });
  } catch (error) {
    file.close();
    throw error;
  }
  return file;
}

/** Opens a journal that somebody else has made. Throws JOURNAL_FAILED. */
export function reopenJournal(path: string): JournalFile {
  return openForAppending(path, 0);
}

/** Undefined when there is none. Rejects with JOURNAL_FAILED when it cannot be read. */
export async function readJournalFile(path: string): Promise<JournalContent | undefined> {
  try {
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, FILE_BYTES_MAX));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return readJournal(buffer.toString('utf8', 0, bytesRead));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw failed(path, messageOf(error), error);
  }
}

const sync = promisify(fdatasync);

function openForAppending(path: string, flags: number): JournalFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDWR | constants.O_APPEND | flags, OWNER_ONLY);
  } catch (error) {
    throw failed(path, messageOf(error), error);
  }
  return {
    append: async (record) => {
      const isOpening = record.kind === 'open';
      try {
        const { size } = fstatSync(descriptor);
        const line = `${endsCleanly(descriptor, size) ? '' : `\n${encodeRecord({ kind: 'torn' })}\n`}${encodeRecord(record)}\n`;
        const bytes = Buffer.from(line);
        if (bytes.length > LINE_BYTES_MAX)
          throw new Error(`a line of it has at most ${LINE_BYTES_MAX} bytes`);
        if (size + bytes.length > (isOpening ? OPENED_BYTES_MAX : FILE_BYTES_MAX)) {
          throw new Error(`it has grown to ${size} bytes, more than any drill needs`);
        }
        // One call, so that two writers cannot mix their lines. A short one means that the disk is full.
        const written = writeSync(descriptor, bytes);
        if (written < bytes.length) throw new Error('there is no room for it');
        if (isOpening) await sync(descriptor);
      } catch (error) {
        throw failed(path, messageOf(error), error);
      }
    },
    close: () => closeSync(descriptor),
  };
}

function endsCleanly(descriptor: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] === NEWLINE;
}

function failed(path: string, why: string, cause: unknown): ChaosError {
  return new ChaosError({
    kind: 'environment',
    code: 'JOURNAL_FAILED',
    message: `the journal ${path} cannot be used: ${why}`,
    hint: 'Without it a fault could not be undone if this process died, so none is begun.',
    cause,
  });
}
