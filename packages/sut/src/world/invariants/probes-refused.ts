import type { ShopInvariant } from './shop-invariant.ts';

/** Faults are when checks get skipped: an attacker must get nothing during them either. */
export const probesRefused: ShopInvariant = {
  name: 'probes-refused',
  about: 'No attack gave the attacker anything, faults or not.',
  judge({ history }) {
    const answered = history.probes.filter(({ answer }) => answer !== undefined);
    const findings = answered
      .filter(({ answer }) => answer?.isBreach === true)
      .map((probe) => ({
        message: `${probe.action} succeeded: ${probe.input.attempt} (operation ${probe.index}, status ${probe.status ?? 'none'})`,
        evidence: { probe },
      }));
    const unknowns =
      answered.length > 0
        ? []
        : [{ message: 'no attack was ever answered', evidence: { triedCount: history.probes.length } }];
    return { checkedCount: answered.length, findings, unknowns };
  },
};
