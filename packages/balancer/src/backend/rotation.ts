/** Whether a back end gets requests, and what it takes to change that. */
export type Rotation =
  /** Never answered a probe: out until the first good one. */
  | { readonly kind: 'unproven' }
  /** In. */
  | { readonly kind: 'up'; readonly failureCount: number }
  /** Out: too many probes failed in a row. */
  | { readonly kind: 'down'; readonly successCount: number }
  /** Out: it refused a connection. A good probe after `untilMs` brings it back. */
  | { readonly kind: 'ejected'; readonly untilMs: number };

export interface RotationRules {
  readonly riseCount: number;
  readonly fallCount: number;
  readonly ejectionMs: number;
  /** Without probes time alone brings an ejected back end back. */
  readonly isProbed: boolean;
}

export function initialRotation(rules: RotationRules): Rotation {
  return rules.isProbed ? { kind: 'unproven' } : { kind: 'up', failureCount: 0 };
}

export function isInRotation(rotation: Rotation, rules: RotationRules, nowMs: number): boolean {
  if (rotation.kind === 'ejected') return !rules.isProbed && nowMs >= rotation.untilMs;
  return rotation.kind === 'up';
}

export function afterProbe(
  rotation: Rotation,
  isHealthy: boolean,
  rules: RotationRules,
  nowMs: number,
): Rotation {
  switch (rotation.kind) {
    case 'unproven':
      return isHealthy ? { kind: 'up', failureCount: 0 } : rotation;
    case 'up': {
      const failureCount = isHealthy ? 0 : rotation.failureCount + 1;
      return failureCount >= rules.fallCount
        ? { kind: 'down', successCount: 0 }
        : { kind: 'up', failureCount };
    }
    case 'down': {
      const successCount = isHealthy ? rotation.successCount + 1 : 0;
      return successCount >= rules.riseCount
        ? { kind: 'up', failureCount: 0 }
        : { kind: 'down', successCount };
    }
    case 'ejected':
      break;
  }
  return isHealthy && nowMs >= rotation.untilMs ? { kind: 'up', failureCount: 0 } : rotation;
}

/** A connection was refused: whoever was in is out at once; who is out already stays out for its own reason. */
export function afterRefusal(rotation: Rotation, rules: RotationRules, nowMs: number): Rotation {
  if (rotation.kind === 'up' || rotation.kind === 'ejected') {
    return { kind: 'ejected', untilMs: nowMs + rules.ejectionMs };
  }
  return rotation;
}
