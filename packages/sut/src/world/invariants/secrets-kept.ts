import type { ShopInvariant } from './shop-invariant.ts';

/** Logs are read by many, kept for long and copied around: nothing in them may open an account. */
export const secretsKept: ShopInvariant = {
  name: 'secrets-kept',
  about: 'No password, token, card or one-time secret that was used stands in any log of the run.',
  judge({ snapshot: { secretScan } }) {
    if (secretScan === null) return { checkedCount: 0, findings: [], unknowns: [nothingToScan] };
    const { secretCount, fileCount, bytes, sightingCount, sightings } = secretScan;
    const findings = sightings.map(({ file, line, kind }) => ({
      message: `a ${kind} stands in ${file}, line ${line}`,
      evidence: { file, line, kind, sightingCount },
    }));
    const unknowns =
      bytes > 0 && secretCount > 0
        ? []
        : [{ message: `${fileCount} files and ${secretCount} secrets to look for`, evidence: { bytes } }];
    return { checkedCount: secretCount, findings, unknowns };
  },
};

const nothingToScan = { message: 'this system keeps no logs of the run', evidence: {} };
