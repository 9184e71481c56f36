import type { Invariant } from '@stormcart/core';

/** Code → URL, as Redis has them after the drill. */
export type LinkSnapshot = Readonly<Record<string, string>>;

/** Whoever was told a code must find the link under it. */
export const linksKept: Invariant = {
  name: 'links-kept',
  about: 'every acknowledged link is stored as it was acknowledged',
  check: (history, snapshot) => {
    const links = snapshot as LinkSnapshot;
    const acknowledged = history.filter(
      ({ action, outcome }) => action === 'link.create' && outcome === 'ok',
    );
    const lost = acknowledged.filter(({ input, output }) => links[String(output?.['code'])] !== input['url']);
    return {
      name: 'links-kept',
      answer: lost.length === 0 ? 'holds' : 'violated',
      checkedCount: acknowledged.length,
      findings: lost.map(({ index, input, output }) => ({
        message: `link ${String(output?.['code'])} (operation ${index}) was acknowledged and is not stored`,
        evidence: { input, output },
      })),
    };
  },
};
