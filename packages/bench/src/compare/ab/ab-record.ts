import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@stormcart/core';
import { guardDisk } from '../../workspace/workspace.ts';
import type { Comparison } from '../comparison.ts';
import type { Looks } from './looks.ts';
import type { SideName } from './pair-order.ts';
import type { Look, PairsOutcome } from './run-pairs.ts';

/** `ab.json`: what an A/B comparison did, in plain data. The runs themselves lie beside it. */
export interface AbRecord {
  readonly format: 'stormcart-ab';
  readonly version: 1;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly end: PairsOutcome['end']['kind'];
  readonly error?: string;
  readonly sides: Readonly<Record<SideName, string>>;
  readonly seed: number;
  /** When the data were to be looked at, as decided before the first pair. */
  readonly planned: Looks;
  readonly looks: readonly Look[];
  readonly pairs: readonly {
    readonly pair: number;
    readonly order: readonly [SideName, SideName];
    /** Files of the runs. */
    readonly a: string;
    readonly b: string;
    /** Why the pair was left out. */
    readonly spoiledBy?: string;
  }[];
  /** Absent while it is under way. */
  readonly comparison?: Comparison;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly again: string;
}

export type AbHead = Pick<AbRecord, 'startedAt' | 'sides' | 'seed' | 'planned' | 'environment' | 'again'>;

export function abRecord(head: AbHead, outcome: PairsOutcome, comparison?: Comparison): AbRecord {
  const { pairs, looks, end } = outcome;
  return {
    format: 'stormcart-ab',
    version: 1,
    ...head,
    end: end.kind,
    ...(end.kind === 'failed' ? { error: messageOf(end.error) } : {}),
    looks,
    pairs: pairs.map(({ pair, order, a, b }) => {
      const spoiledBy = a.spoiledBy ?? b.spoiledBy;
      return { pair, order, a: a.source, b: b.source, ...(spoiledBy === undefined ? {} : { spoiledBy }) };
    }),
    ...(comparison === undefined ? {} : { comparison }),
  };
}

/** Written whole or not at all: after each pair, so that even SIGKILL loses no more than the pair under way. */
export async function writeAbRecord(record: AbRecord, folder: string): Promise<void> {
  const file = join(folder, 'ab.json');
  await guardDisk(async () => {
    await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
    await rename(`${file}.new`, file);
  });
}
