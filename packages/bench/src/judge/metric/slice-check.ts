import { duration } from '@stormcart/core';
import type { Gate } from '../gate.ts';
import type { Resolution } from './metric.ts';

/** For figures that are whole slices: a limit below one slice only leaves 0. */
export function finerThanSlices({ limit }: Gate, { sliceMs }: Resolution): string | undefined {
  if (limit === 0 || limit >= sliceMs) return undefined;
  return `it is measured in slices of ${duration.format(sliceMs)}, so this asks for 0; write ${duration.format(sliceMs)} or more, or make slices shorter`;
}
