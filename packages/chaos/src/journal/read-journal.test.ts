import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, type JournalRecord, undoers } from './journal-record.ts';
import { type JournalEntry, openEntries, readJournal } from './read-journal.ts';

const holder = fc.record({ pid: fc.integer({ min: 2, max: 4_194_304 }), identity: fc.string() });
const undoer = fc.constantFrom(...undoers);
const entry = fc.integer({ min: 1, max: 50 });

/** Any text, newlines and quotation marks and what looks like a checksum included. */
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('","check":"00000000"}\n'));

const record = fc.oneof(
  fc.record({
    kind: fc.constant('open' as const),
    entry,
    fault: text,
    step: fc.record({ kind: text, name: text, value: fc.jsonValue() }),
    untilMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
    until: text,
  }),
  fc.record({ kind: fc.constant('done' as const), entry, by: undoer }),
  fc.record({ kind: fc.constant('failed' as const), entry, by: undoer, problem: text }),
  fc.record({ kind: fc.constant('holder' as const), by: undoer, holder }),
  fc.record({ kind: fc.constant('released' as const), holder }),
) as fc.Arbitrary<JournalRecord>;

const head: JournalRecord = { kind: 'journal', version: 1, runId: 'a run' };

function written(records: readonly JournalRecord[]): string {
  return [head, ...records].map((each) => `${encodeRecord(each)}\n`).join('');
}

/** What an `open` without its end says about an entry. */
function brief({ entry: number, fault, state }: JournalEntry) {
  return { entry: number, fault, state: state.kind };
}

describe('a line', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(record, (each) => {
        const line = encodeRecord(each);
        expect(line).not.toContain('\n');
        expect(decodeRecord(line)).toEqual(JSON.parse(JSON.stringify(each)));
      }),
    );
  });

  it('is not believed when a byte of it is another', () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, at, change) => {
        const bytes = Buffer.from(encodeRecord(each));
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        expect(decodeRecord(bytes.toString())).toBeUndefined();
      }),
    );
  });
});

describe('any beginning of a journal', () => {
  it('reads back as a beginning of its records, and a half line is told from damage', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.nat(), (records, at) => {
        const bytes = Buffer.from(written(records));
        const cut = bytes.subarray(0, at % (bytes.length + 1));
        const whole = cut.toString('latin1').split('\n').length - 1;
        const read = readJournal(cut.toString());
        const lineEnds = [head, ...records].map(
          (_, index) => Buffer.byteLength(written(records.slice(0, index))) - 1,
        );
        // A line that lacks nothing but its end is there as well.
        const isLastWhole = lineEnds.includes(cut.length);
        const expected = readJournal(written(records.slice(0, whole - (isLastWhole ? 0 : 1))));
        expect(read.entries.map(brief)).toEqual(
          whole === 0 && !isLastWhole ? [] : expected.entries.map(brief),
        );
        expect(read.damagedLines).toEqual([]);
        expect(read.isTorn).toBe(cut.length > 0 && cut.at(-1) !== 0x0a && !isLastWhole);
      }),
    );
  });

  it('keeps everything that follows a half line which the next writer has marked', () => {
    const opened = openRecord(1, 'first');
    const half = encodeRecord(openRecord(2, 'never done')).slice(0, -20);
    const marked = `${written([opened])}${half}\n${encodeRecord({ kind: 'torn' })}\n${encodeRecord({ kind: 'done', entry: 1, by: 'watchdog' })}\n`;
    const read = readJournal(marked);
    expect(read.damagedLines).toEqual([]);
    expect(read.entries.map(brief)).toEqual([{ entry: 1, fault: 'first', state: 'done' }]);
  });
});

describe('a damaged line', () => {
  it('is told by its number, and never hides the others', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), fc.nat(), (records, at) => {
        const index = at % records.length;
        const lines = written(records).split('\n');
        const damaged = lines.map((line, number) => (number === index + 1 ? line.replace('{', '[') : line));
        const read = readJournal(damaged.join('\n'));
        expect(read.damagedLines).toEqual([index + 2]);
        const others = readJournal(written(records.toSpliced(index, 1)));
        expect(read.entries).toEqual(others.entries);
        expect(read.holders).toEqual(others.holders);
      }),
    );
  });

  it('is told also where nothing of it is left', () => {
    const lines = written([openRecord(1, 'a')]).split('\n');
    expect(readJournal(lines.toSpliced(1, 0, '').join('\n')).damagedLines).toEqual([2]);
  });
});

describe('an entry', () => {
  it('is open until it is done, also when somebody failed to undo it', () => {
    const read = readJournal(
      written([
        openRecord(1, 'a'),
        openRecord(2, 'b'),
        openRecord(3, 'c'),
        { kind: 'done', entry: 1, by: 'controller' },
        { kind: 'failed', entry: 2, by: 'watchdog', problem: 'refused' },
        { kind: 'done', entry: 9, by: 'controller' },
      ]),
    );
    expect(openEntries(read).map(({ fault }) => fault)).toEqual(['b', 'c']);
    expect(read.runId).toBe('a run');
  });

  it('is not hidden by another of the same number', () => {
    const read = readJournal(
      written([openRecord(1, 'a'), openRecord(1, 'b'), { kind: 'done', entry: 1, by: 'controller' }]),
    );
    expect(openEntries(read).map(({ fault }) => fault)).toEqual(['a']);
  });
});

describe('a holder', () => {
  it('holds until it has let go', () => {
    const dog = { pid: 10, identity: 'boot/1' };
    const sweep = { pid: 11, identity: 'boot/2' };
    const read = readJournal(
      written([
        { kind: 'holder', by: 'watchdog', holder: dog },
        { kind: 'holder', by: 'sweep', holder: sweep },
        { kind: 'released', holder: sweep },
      ]),
    );
    expect(read.holders).toEqual([{ by: 'watchdog', holder: dog }]);
  });
});

function openRecord(number: number, fault: string): JournalRecord {
  return {
    kind: 'open',
    entry: number,
    fault,
    step: { kind: 'continue-process', pid: 17, identity: 'x/1' },
    untilMs: 5,
    until: '2026-01-01T00:00:00.000Z',
  };
}
