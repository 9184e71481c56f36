import { type Clock, messageOf } from '@stormcart/core';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { ControlFile } from '../../control/control-file.ts';
import type { DrillState, LogEntry } from '../../control/drill-state.ts';
import type { Connection } from '../frame/view.ts';
import { reach } from './ask.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface Listener {
  readonly state: (state: DrillState) => void;
  readonly log: (entry: LogEntry) => void;
  readonly connection: (connection: Connection) => void;
}

export interface ListenOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether the drill's process lives: a dead one will not answer again. */
  readonly isAlive: () => Promise<boolean>;
}

/** A state comes four times a second; this long without one is worth a word. */
const SILENT_AFTER_MS = 3_000;
/** A connection this silent may be a dead one: a new one is tried. */
const GIVEN_UP_AFTER_MS = 15_000;
const WATCH_EVERY_MS = 500;
/** Two hundred seconds and a hundred rows are about 100 kB. */
const LONGEST_EVENT_CHARACTERS = 4_000_000;

/** How listening ended: the drill said good-bye, or its process is gone without one. */
export type Goodbye = 'said' | 'missing';

/**
 * Tells of everything that the drill tells, and reconnects where the log was left, until the drill is over. Rejects
 * with the signal's reason.
 */
export async function listen(
  control: ControlFile,
  listener: Listener,
  options: ListenOptions,
): Promise<Goodbye> {
  const { clock, signal } = options;
  const place: Place = { lastId: undefined, isOver: false, hasVerdict: false };
  for (let attempt = 1; ; attempt += 1) {
    let why = 'the drill closed the connection';
    try {
      await listenOnce(control, place, listener, options, () => {
        attempt = 0;
        listener.connection({ kind: 'live' });
      });
    } catch (error) {
      signal.throwIfAborted();
      why = messageOf(error);
    }
    const isDead = !place.isOver && !(await options.isAlive());
    if (place.isOver || (isDead && place.hasVerdict)) {
      listener.connection({ kind: 'over' });
      return 'said';
    }
    if (isDead) {
      listener.connection({ kind: 'gone' });
      return 'missing';
    }
    const retryInMs = retryDelayMs(attempt);
    listener.connection({ kind: 'lost', why, attempt: attempt + 1, retryInMs });
    await clock.sleep(retryInMs, signal);
  }
}

/** How far the drill's word was heard. */
interface Place {
  lastId: string | undefined;
  isOver: boolean;
  /** The last state was the final one; a process that ends after it needs no good-bye. */
  hasVerdict: boolean;
}

async function listenOnce(
  control: ControlFile,
  place: Place,
  listener: Listener,
  { clock, signal }: ListenOptions,
  onOpen: () => void,
): Promise<void> {
  const giveUp = new AbortController();
  const watch = watchSilence(clock, listener, () => {
    giveUp.abort(new Error(`no word for ${GIVEN_UP_AFTER_MS / 1_000} s`));
  });
  let failure: Error | undefined;
  const parser = createParser({
    onEvent: (event) => take(event, place, listener),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') failure = error;
    },
    maxBufferSize: LONGEST_EVENT_CHARACTERS,
  });
  try {
    const response = await reach(control, '/v1/events', {
      signal: AbortSignal.any([signal, giveUp.signal]),
      headers: {
        accept: 'text/event-stream',
        ...(place.lastId === undefined ? {} : { 'last-event-id': place.lastId }),
      },
    });
    onOpen();
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      watch.heard();
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
      if (failure !== undefined) throw failure;
      if (place.isOver) return;
    }
  } catch (error) {
    throw giveUp.signal.aborted ? giveUp.signal.reason : error;
  } finally {
    watch.close();
    // Leaves the stream where the drill goes on speaking after its good-bye.
    giveUp.abort(new Error('closed'));
  }
}

function take({ event, data, id }: EventSourceMessage, place: Place, listener: Listener): void {
  switch (event ?? 'message') {
    case 'state': {
      const state = JSON.parse(data) as DrillState;
      place.hasVerdict = state.stage === 'over';
      listener.state(state);
      return;
    }
    case 'log':
      if (id !== undefined) place.lastId = id;
      listener.log(JSON.parse(data) as LogEntry);
      return;
    case 'bye':
      place.isOver = true;
      return;
    default:
      // A later version may tell more.
      return;
  }
}

/** Tells of silence while it lasts, and calls for an end when it lasts too long. */
function watchSilence(
  clock: Clock,
  listener: Listener,
  onTooLong: () => void,
): { readonly heard: () => void; readonly close: () => void } {
  let heardMs = clock.now();
  let isSilent = false;
  const timer = setInterval(() => {
    const forMs = clock.now() - heardMs;
    if (forMs >= GIVEN_UP_AFTER_MS) onTooLong();
    else if (forMs >= SILENT_AFTER_MS) {
      isSilent = true;
      listener.connection({ kind: 'silent', forMs });
    }
  }, WATCH_EVERY_MS);
  return {
    heard: () => {
      heardMs = clock.now();
      if (isSilent) listener.connection({ kind: 'live' });
      isSilent = false;
    },
    close: () => clearInterval(timer),
  };
}
