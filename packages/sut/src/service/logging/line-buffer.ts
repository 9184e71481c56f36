/** Takes text on its own time: `done` is called once it has room for more. */
export interface TextSink {
  write(text: string, done: () => void): void;
  /** What is still waiting, at the very end of the process: written as far as that needs no waiting. */
  writeNow(text: string): void;
}

/** Log lines on their way out. Adding one never waits and never throws. */
export interface LineBuffer {
  write(line: string): void;
  /** Lines that found no room; grows from 0. */
  droppedCount(): number;
  /** Resolves when all that was added before is written. */
  flush(): Promise<void>;
  /** For a process that ends in this very moment. */
  flushNow(): void;
}

/** How long the first line waits for others. What a process loses that is killed; nobody who reads along sees it. */
const GATHER_MS = 5;

/** Some four thousand lines: two seconds of a service under full load, and little beside its heap of 128 MiB. */
const WAITING_CHARS_MAX = 1_048_576;

/**
 * One batch is under way, the next gathers; what exceeds the bound is dropped and counted, and a line says so as soon
 * as there is room again. `lineAboutDrops` makes that line.
 */
export function createLineBuffer(
  sink: TextSink,
  lineAboutDrops: (droppedCount: number) => string,
  waitingCharsMax = WAITING_CHARS_MAX,
): LineBuffer {
  let waiting: string[] = [];
  let waitingChars = 0;
  let droppedCount = 0;
  let reportedCount = 0;
  let isWriting = false;
  let flushed: (() => void)[] = [];

  const takeAll = (): string => {
    if (droppedCount > reportedCount) waiting.push(lineAboutDrops(droppedCount - reportedCount));
    reportedCount = droppedCount;
    const text = waiting.join('');
    waiting = [];
    waitingChars = 0;
    return text;
  };
  const writeNext = (): void => {
    const text = takeAll();
    if (text === '') {
      isWriting = false;
      for (const resolve of flushed) resolve();
      flushed = [];
      return;
    }
    sink.write(text, writeNext);
  };
  return {
    write: (line) => {
      if (waitingChars + line.length > waitingCharsMax) {
        droppedCount += 1;
        return;
      }
      waiting.push(line);
      waitingChars += line.length;
      if (isWriting) return;
      isWriting = true;
      // Lets lines share a write: the system call costs more than a line.
      setTimeout(writeNext, GATHER_MS);
    },
    droppedCount: () => droppedCount,
    flush: () =>
      new Promise((resolve) => {
        if (isWriting) flushed.push(resolve);
        else resolve();
      }),
    flushNow: () => {
      const text = takeAll();
      if (text !== '') sink.writeNow(text);
    },
  };
}
