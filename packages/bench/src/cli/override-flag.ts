import { AppError } from '@stormcart/core';

/** A path such as `load.mix.browse` and a value, as `--set load.mix.browse=50` gives them. */
export type OverrideFlag = readonly [path: string, value: string];

/** Parses `path=value`, for an option that may be given several times. */
export function collectOverride(text: string, before: readonly OverrideFlag[]): readonly OverrideFlag[] {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new AppError({
      kind: 'usage',
      code: 'BAD_OVERRIDE',
      message: `${text} is no override`,
      hint: 'Write path=value, such as policies.cache=none or load.mix.browse=50.',
    });
  }
  return [...before, [text.slice(0, equals), text.slice(equals + 1)]];
}
