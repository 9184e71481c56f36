export interface ClientOrder {
  readonly kind: 'open loop' | 'bare' | 'autocannon at rate' | 'closed loop' | 'undici';
  readonly url: string;
  readonly forMs: number;
  /** For those that keep a rate. */
  readonly perSecond: number;
  /** For those that do not open them as they need them. */
  readonly connections: number;
}

export interface ClientResult {
  readonly requests: number;
  /** User and system time of the whole process. */
  readonly cpuUs: number;
  readonly slipMsP99?: number;
}
