import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { processRefSchema } from '../undo/process-ref.ts';
import type { UndoStep } from '../undo/undo.ts';

/** Who undid something, or is about to. */
export const undoers = ['controller', 'watchdog', 'sweep'] as const;
export type Undoer = (typeof undoers)[number];

const step = z.looseObject({
  kind: z.string(),
  process: processRefSchema.optional(),
}) as unknown as z.ZodType<UndoStep>;

const entry = z.int().min(1);
const undoer = z.enum(undoers);

const record = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('journal'), version: z.literal(1), runId: z.string() }),
  z.strictObject({
    kind: z.literal('open'),
    entry,
    fault: z.string(),
    step,
    /** The end of the lease on the machine's monotonic clock, which counts while this boot lasts. */
    untilMs: z.number(),
    /** The same on the calendar, for people and for after a reboot. */
    until: z.string(),
  }),
  z.strictObject({ kind: z.literal('done'), entry, by: undoer }),
  z.strictObject({ kind: z.literal('failed'), entry, by: undoer, problem: z.string() }),
  /** From here on this process undoes what is open, before anybody who asks later. */
  z.strictObject({ kind: z.literal('holder'), by: undoer, holder: processRefSchema }),
  z.strictObject({ kind: z.literal('released'), holder: processRefSchema }),
  /** The line before this one was begun and never finished, so what it announces was never done. */
  z.strictObject({ kind: z.literal('torn') }),
]);

/** One line of a journal. */
export type JournalRecord = Readonly<z.infer<typeof record>>;

/** The record as one line of JSON, without its end. The last member is a checksum over all before it. */
export function encodeRecord(content: JournalRecord): string {
  const text = JSON.stringify(content);
  return `${text.slice(0, -1)},"check":"${checksumOf(text)}"}`;
}

const LINE = /^(?<body>\{.*),"check":"(?<check>[0-9a-f]{8})"\}$/s;

/** Undefined for a line that is damaged, or only half there. */
export function decodeRecord(line: string): JournalRecord | undefined {
  const { body, check } = LINE.exec(line)?.groups ?? {};
  if (body === undefined || checksumOf(`${body}}`) !== check) return undefined;
  try {
    return record.safeParse(JSON.parse(`${body}}`)).data;
  } catch {
    return undefined;
  }
}

/** A damaged digit in a process's number would still be a number: JSON alone does not tell. */
function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
