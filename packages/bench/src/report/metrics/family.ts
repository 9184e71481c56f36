type Labels = Readonly<Record<string, string>>;

export interface NumberPoint {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramPoint {
  readonly labels: Labels;
  /** How many lie at or under each bound and over the one before; one more for what is beyond all bounds. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** Figures of one name, ready for any metrics system. Names and labels are OpenTelemetry's: dotted. */
export interface MetricFamily {
  readonly name: string;
  /** As UCUM has it: `s`, `1` for a ratio, `{request}` for things that are counted. */
  readonly unit: string;
  readonly help: string;
  readonly data:
    | { readonly kind: 'counter' | 'gauge'; readonly points: readonly NumberPoint[] }
    | {
        readonly kind: 'histogram';
        readonly bounds: readonly number[];
        readonly points: readonly HistogramPoint[];
      };
}
