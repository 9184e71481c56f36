import type { Key } from '../keys/key.ts';

/** A key as blessed tells of it. */
export interface TerminalKey {
  readonly name?: string;
  readonly full?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

/** What was pressed, or undefined where one press is told twice. */
export function keyOf(text: string | undefined, { name, full, ctrl, meta }: TerminalKey): Key | undefined {
  // blessed tells of `enter` as well.
  if (name === 'return') return undefined;
  if (name === 'linefeed') return { name: 'enter' };
  const isText = text !== undefined && text !== '' && !CONTROL.test(text) && ctrl !== true && meta !== true;
  if (isText) return { name: text, text };
  const key = full ?? name ?? '';
  return key === '' ? undefined : { name: key };
}

const CONTROL = /\p{Cc}/u;
