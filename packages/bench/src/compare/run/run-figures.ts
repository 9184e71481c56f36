/** What a comparison asks of one run; warm-up left out. Times in milliseconds. */
export interface RunFigures {
  readonly measuredMs: number;
  readonly plannedCount: number;
  readonly okCount: number;
  /** From the intended start; absent without samples. */
  readonly latencyMs?: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Absent without slices. */
  readonly availability?: { readonly fraction: number; readonly sliceMs: number };
  /** By fault. Where it had not recovered by the end, `toMs` is how long that was. */
  readonly recoveries: readonly RunRecovery[];
  /** CPU time of the system per planned request; absent where it was not recorded. */
  readonly cpuMsPerRequest?: number;
  /** How late the generator sent, 99th percentile. */
  readonly slipMsP99?: number;
}

export interface RunRecovery {
  readonly fault: string;
  /** From the fault's end. */
  readonly toMs: number;
  readonly hasRecovered: boolean;
}
