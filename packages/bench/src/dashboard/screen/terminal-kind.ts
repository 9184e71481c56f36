import type { ColourDepth } from './palette.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a screen can be drawn there, and with what. */
export type TerminalKind =
  | { readonly kind: 'plain' }
  | { readonly kind: 'screen'; readonly depth: ColourDepth; readonly isAscii: boolean };

interface Ends {
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  /** Bits of colour that Node finds the terminal to have: 1, 4, 8 or 24. */
  readonly colourBits: number;
}

/** blessed draws into pipes, and ignores NO_COLOR: both are decided before it is loaded. */
export function terminalKind(environment: Environment, ends: Ends): TerminalKind {
  const { TERM: term = '' } = environment;
  const isScreen = ends.isInputTerminal && ends.isOutputTerminal && term !== '' && term !== 'dumb';
  if (!isScreen) return { kind: 'plain' };
  return { kind: 'screen', depth: depthOf(environment, ends.colourBits), isAscii: isAsciiOnly(environment) };
}

/** https://no-color.org: any value that is not empty. */
function depthOf({ NO_COLOR: noColour = '' }: Environment, bits: number): ColourDepth {
  if (noColour !== '' || bits < 4) return 'none';
  return bits < 8 ? '16' : '256';
}

/**
 * A locale that names another encoding than UTF-8, or a terminal whose font lacks the signs. A locale without an
 * encoding (`C`, or none, as in most containers) says nothing of the terminal, which most likely knows UTF-8.
 */
function isAsciiOnly({ LC_ALL, LC_CTYPE, LANG, TERM = '' }: Environment): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '') ?? '';
  const encoding = locale.split('.')[1] ?? '';
  return (encoding !== '' && !/^utf-?8/i.test(encoding)) || /^(linux|vt\d|ansi)/.test(TERM);
}
