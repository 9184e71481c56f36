import type { Finding, Invariant, InvariantResult, Operation } from '@stormcart/core';
import { z } from 'zod';
import { type ShopSnapshot, shopSnapshotSchema } from '../snapshot/shop-snapshot.ts';
import { type AuditedHistory, readHistory } from './audited-history.ts';

/** Both sides of the audit: what the customers were told, and what the stores hold. */
export interface Audit {
  readonly history: AuditedHistory;
  readonly snapshot: ShopSnapshot;
}

export interface Judgement {
  /** How many things were looked at. */
  readonly checkedCount: number;
  /** Each is a violation. */
  readonly findings: readonly Finding[];
  /** Why it cannot be known; counts where there is no violation. */
  readonly unknowns?: readonly Finding[];
}

/** One invariant of the shop: a pure statement about both sides. */
export interface ShopInvariant {
  readonly name: string;
  readonly about: string;
  judge(audit: Audit): Judgement;
}

/** A broken shop breaks thousands of rows in the same way: a person reads the first ones. */
const FINDINGS_MAX = 50;

/** Makes it an invariant of core: reads both sides, and answers `unknown` with the reason where that fails. */
export function asInvariant(invariant: ShopInvariant): Invariant {
  const { name, about } = invariant;
  return {
    name,
    about,
    check(operations, snapshot) {
      const reading = readAudit(operations, snapshot);
      if (reading.kind === 'unreadable') return unknown(name, reading.reason);
      const { checkedCount, findings, unknowns = [] } = invariant.judge(reading.audit);
      if (findings.length > 0) return { name, answer: 'violated', checkedCount, findings: bounded(findings) };
      const answer = unknowns.length === 0 ? 'holds' : 'unknown';
      return { name, answer, checkedCount, findings: bounded(unknowns) };
    },
  };
}

type AuditReading =
  | { readonly kind: 'read'; readonly audit: Audit }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** By history: all invariants judge the same two values, and reading them takes longer than judging. */
const readings = new WeakMap<
  readonly Operation[],
  { readonly snapshot: unknown; readonly reading: AuditReading }
>();

function readAudit(operations: readonly Operation[], snapshot: unknown): AuditReading {
  const known = readings.get(operations);
  if (known !== undefined && known.snapshot === snapshot) return known.reading;
  const reading = readBoth(operations, snapshot);
  readings.set(operations, { snapshot, reading });
  return reading;
}

function readBoth(operations: readonly Operation[], snapshot: unknown): AuditReading {
  const parsed = shopSnapshotSchema.safeParse(snapshot);
  if (!parsed.success) {
    const reason = `the snapshot does not have the promised shape: ${z.prettifyError(parsed.error)}`;
    return { kind: 'unreadable', reason };
  }
  const reading = readHistory(operations);
  if (reading.kind === 'unreadable') return reading;
  return { kind: 'read', audit: { history: reading.history, snapshot: parsed.data } };
}

function unknown(name: string, reason: string): InvariantResult {
  return { name, answer: 'unknown', checkedCount: 0, findings: [{ message: reason, evidence: {} }] };
}

function bounded(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= FINDINGS_MAX) return findings;
  const leftOut = findings.length - FINDINGS_MAX;
  return [
    ...findings.slice(0, FINDINGS_MAX),
    { message: `and ${leftOut} more of the kind`, evidence: { leftOut } },
  ];
}
