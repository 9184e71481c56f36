import { join, resolve } from 'node:path';
import type { Supervisor } from '@stormcart/core';
import type { ArrivalMode } from '../../plan/stage.ts';
import type { SideName } from './pair-order.ts';
import { openRevision, ownCheckout, type Revision, scenarioIn } from './revision.ts';
import { drillSide } from './side/drill-side.ts';
import { loadSide } from './side/load-side.ts';
import type { Side } from './side.ts';

/** What is compared. */
export type Contest =
  /** One scenario, with other flags or other code. */
  | {
      readonly kind: 'drill';
      readonly file: string;
      /** Of `stormcart run`, for both sides. */
      readonly flags: readonly string[];
      readonly sides: Readonly<Record<SideName, DrillContender>>;
    }
  /** Two servers that run already; the same one twice compares it with itself. */
  | {
      readonly kind: 'load';
      readonly urls: Readonly<Record<SideName, URL>>;
      readonly perSecond: number;
      readonly forMs: number;
      readonly timeoutMs: number;
      readonly arrivals: ArrivalMode;
      readonly sliceMs: number;
    };

export interface DrillContender {
  /** What it has otherwise than the scenario: `policies.cache=none`. */
  readonly overrides: readonly string[];
  /** A git revision; the working tree as it is when absent. */
  readonly revision?: string;
}

export interface SidesContext {
  /** For worktrees; removed with the run. */
  readonly dataFolder: string;
  readonly supervisor: Pick<Supervisor, 'reaper'>;
  readonly signal: AbortSignal;
  /** The packages of a revision are being installed, which takes a while. */
  readonly onInstall: (revision: string) => void;
}

export interface OpenedSides {
  readonly sides: Readonly<Record<SideName, Side>>;
  close(): Promise<void>;
}

/** Makes both sides ready to be measured. Throws BAD_REVISION. */
export async function openSides(contest: Contest, context: SidesContext): Promise<OpenedSides> {
  if (contest.kind === 'load') {
    const { urls, ...shared } = contest;
    const sides = { a: loadSide({ ...shared, url: urls.a }), b: loadSide({ ...shared, url: urls.b }) };
    return { sides, close: () => Promise.resolve() };
  }
  const revisions: Revision[] = [];
  const close = async (): Promise<void> => {
    for (const revision of revisions) await revision.close();
  };
  try {
    const open = async (side: SideName): Promise<Side> => {
      const { overrides, revision: name } = contest.sides[side];
      const { supervisor } = context;
      const flags = [...contest.flags, ...overrides.flatMap((override) => ['--set', override])];
      const file = resolve(contest.file);
      if (name === undefined) {
        const about = overrides.length === 0 ? 'the working tree' : overrides.join(', ');
        return drillSide({ about, checkout: ownCheckout, file, flags, supervisor });
      }
      const folder = join(context.dataFolder, side);
      const revision = await openRevision(name, folder, context.signal, () => context.onInstall(name));
      revisions.push(revision);
      const about = [revision.about, ...overrides].join(', ');
      return drillSide({
        about,
        checkout: folder,
        file: await scenarioIn(revision, file),
        flags,
        supervisor,
      });
    };
    // One after the other: git locks its worktrees against each other.
    const a = await open('a');
    return { sides: { a, b: await open('b') }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
