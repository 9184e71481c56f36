import type { Algorithm, Candidate } from './algorithm.ts';

/**
 * The same client address gets the same back end while that one is in rotation. Weighted rendezvous
 * hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005): when a back
 * end leaves, only its own clients move, and they spread over all the others.
 */
export function createIpHash(): Algorithm {
  return {
    pick: (candidates, request) => {
      let best: (typeof candidates)[number] | undefined;
      let bestScore = Number.NEGATIVE_INFINITY;
      for (const candidate of candidates) {
        const score = scoreOf(candidate, request.clientAddress);
        if (score > bestScore) {
          best = candidate;
          bestScore = score;
        }
      }
      return best;
    },
  };
}

/** The largest of `-weight / ln(u)` falls on each candidate in proportion to its weight. */
function scoreOf(candidate: Candidate, clientAddress: string): number {
  const uniform = (hash(`${candidate.name} ${clientAddress}`) + 0.5) / 4_294_967_296;
  return -candidate.weight / Math.log(uniform);
}

/** FNV-1a, then the finaliser of MurmurHash3: addresses differ in few bits, and FNV alone spreads those badly. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
