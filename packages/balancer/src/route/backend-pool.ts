import type { Algorithm, PickRequest } from '../algorithm/algorithm.ts';
import { createAlgorithm } from '../algorithm/table.ts';
import type { Backend } from '../backend/backend.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';

/** Back ends that can stand in for each other. */
export class BackendPool {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly backends: readonly Backend[];
  /** How long a request may wait for a connection that others have. */
  readonly waitMs: number;
  readonly #algorithm: Algorithm;

  constructor(config: BalancerConfig['pools'][number], backends: readonly Backend[]) {
    this.name = config.name;
    this.prefixes = config.prefixes;
    this.backends = backends;
    this.waitMs = config.waitMs;
    this.#algorithm = createAlgorithm(config.algorithm);
  }

  /** Whether anybody is in rotation, apart from these. */
  hasBackend(except: readonly Backend[] = []): boolean {
    return this.backends.some((backend) => backend.isInRotation() && !except.includes(backend));
  }

  /** A back end in rotation that is not among those already tried. */
  pick(request: PickRequest, tried: readonly Backend[]): Backend | undefined {
    const candidates = this.backends.filter((backend) => backend.isInRotation() && !tried.includes(backend));
    return this.#algorithm.pick(candidates, request);
  }
}
