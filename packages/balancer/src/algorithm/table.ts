import type { Algorithm } from './algorithm.ts';
import { createIpHash } from './ip-hash.ts';
import { createLeastConnections } from './least-connections.ts';
import { createRoundRobin } from './round-robin.ts';
import { createWeightedRoundRobin } from './weighted-round-robin.ts';

/** Every algorithm by the name that configurations and scenarios use. */
const ALGORITHMS = {
  'round-robin': createRoundRobin,
  'weighted-round-robin': createWeightedRoundRobin,
  'least-connections': createLeastConnections,
  'ip-hash': createIpHash,
} as const satisfies Record<string, () => Algorithm>;

export type AlgorithmName = keyof typeof ALGORITHMS;

export const algorithmNames = Object.keys(ALGORITHMS) as readonly AlgorithmName[];

export function createAlgorithm(name: AlgorithmName): Algorithm {
  return ALGORITHMS[name]();
}
