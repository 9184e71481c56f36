import type { Operation } from './history.ts';

/** The worst wins: violated, then unknown, then holds. */
export type InvariantAnswer = 'holds' | 'violated' | 'unknown';

export interface Finding {
  /** One sentence that names the ids: `order 17 (key k-3) was acknowledged and is not stored`. */
  readonly message: string;
  /** The rows and operations that show it. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

export interface InvariantResult {
  readonly name: string;
  readonly answer: InvariantAnswer;
  /** How many things were looked at: 0 with `holds` deserves a second look. */
  readonly checkedCount: number;
  readonly findings: readonly Finding[];
}

/** A statement about the system's data that must hold after every drill. Pure: it reads nothing else. */
export interface Invariant {
  readonly name: string;
  readonly about: string;
  /** `snapshot` is what the system's `snapshot()` returned, possibly read back from a file. */
  check(history: readonly Operation[], snapshot: unknown): InvariantResult;
}
