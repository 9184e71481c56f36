import type { Session } from '../database/database.ts';
import { currentWork } from '../logging/work.ts';

/** What the trail keeps for ever; a value is never a secret. */
export interface AuditEntry {
  readonly kind: 'order' | 'payment' | 'security';
  /** `login.succeeded`, `order.reserved`: what happened, in the past tense. */
  readonly action: string;
  /** Whom it happened to; who asked for it, where nothing else is said. */
  readonly customerId?: number | undefined;
  readonly orderId?: string;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * Adds to the append-only audit trail, with the request that it happened in. Call it in the transaction of the change
 * that it tells of: then there is neither a change without its entry nor an entry without its change.
 */
export async function recordAudit(session: Session, entry: AuditEntry): Promise<void> {
  const { sql, values } = auditStatement(entry);
  await session.change(sql, values);
}

/** The same as a statement, for those who send several in one block. */
export function auditStatement(entry: AuditEntry): {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
} {
  const work = currentWork();
  return {
    sql: `INSERT INTO audit_trail (kind, action, customer_id, order_id, request_id, trace_id, details)
          VALUES (?, ?, ?, ?, ?, ?, ?)`,
    values: [
      entry.kind,
      entry.action,
      entry.customerId ?? work?.customerId ?? null,
      entry.orderId ?? null,
      work?.requestId ?? null,
      work?.trace.traceId ?? null,
      entry.details === undefined ? null : JSON.stringify(entry.details),
    ],
  };
}
