import type { Finding } from '@stormcart/core';
import type { AccessLogComparison } from '../snapshot/shop-snapshot.ts';
import type { ShopInvariant } from './shop-invariant.ts';

/** Two books of the same requests, kept at the two ends of the wire. */
export const ledgerAgrees: ShopInvariant = {
  name: 'ledger-agrees',
  about: 'Each request that a client had answered stands once in the balancer’s log, with the same status.',
  judge({ snapshot: { accessLog } }) {
    if (accessLog === null) {
      const message = 'there is no log of a balancer to compare with, or nobody told what the clients know';
      return { checkedCount: 0, findings: [], unknowns: [{ message, evidence: {} }] };
    }
    const { answeredCount, differing, repeated } = accessLog;
    const findings: Finding[] = [
      ...differing.map((line) => ({
        message: `request ${line.requestId} was answered with ${line.client} and logged with ${line.logged ?? 'no status'}`,
        evidence: { ...line, differingCount: accessLog.differingCount },
      })),
      ...repeated.map((requestId) => ({
        message: `request ${requestId} was answered once and logged more than once`,
        evidence: { requestId, repeatedCount: accessLog.repeatedCount },
      })),
    ];
    const missing = missingLines(accessLog);
    // A balancer that was killed took the lines of its last moment along: nobody can know then.
    return accessLog.lifeCount > 1
      ? { checkedCount: answeredCount, findings, unknowns: missing }
      : { checkedCount: answeredCount, findings: [...findings, ...missing] };
  },
};

function missingLines({ missing, missingCount, lifeCount }: AccessLogComparison): readonly Finding[] {
  return missing.map((requestId) => ({
    message: `request ${requestId} was answered and is not in the log`,
    evidence: { requestId, missingCount, lifeCount },
  }));
}
