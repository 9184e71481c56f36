import type { Unit } from '@stormcart/core';
import type { Figures } from '../figures.ts';
import type { Gate, Labels } from '../gate.ts';

/** What a label's value must be; all but `choice` and `flag` are looked up in the scenario's vocabulary. */
export type Label =
  | { readonly kind: 'name'; readonly of: NameKind; readonly isRequired?: boolean }
  | { readonly kind: 'choice'; readonly accepted: readonly string[]; readonly isRequired?: boolean }
  /** Written without a value. At most one flag may be given. */
  | { readonly kind: 'flag' };

/** What a scenario and its system give names to. */
export type NameKind = 'route' | 'journey' | 'phase' | 'fault' | 'breaker';

/** A figure, or why there is none. `Infinity` is a figure: something that never came to its end. */
export type Reading =
  | { readonly kind: 'measured'; readonly value: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** How finely a drill will measure, as far as the scenario tells before it runs. */
export interface Resolution {
  readonly sliceMs: number;
  /** Length of the load without its warm-up. */
  readonly measuredMs: number;
  /** Roughly how many requests the labels' `route`, `journey` and `during` will select. */
  expectedCount(labels: Labels): number;
}

/** One kind of figure that gates can ask for. */
export interface Metric {
  readonly name: string;
  readonly about: string;
  readonly unit: Unit;
  /** The largest value it can ever have, if there is one. */
  readonly max?: number;
  readonly labels: Readonly<Record<string, Label>>;
  /** Whether it can be watched while the drill runs, for `abort`. */
  readonly isLive: boolean;
  /** Whether it can be asked of a window of time (`over 10s`): it reads nothing but `RequestFigures`. */
  readonly takesWindow?: true;
  read(labels: Labels, figures: Figures): Reading;
  /** Why the drill cannot tell values near this gate's limit apart; undefined when it can. */
  tooFine?(gate: Gate, resolution: Resolution): string | undefined;
  /** For a value that the unit cannot print. */
  readonly neverText?: string;
}

export function measured(value: number): Reading {
  return { kind: 'measured', value };
}

export function unknown(reason: string): Reading {
  return { kind: 'unknown', reason };
}
