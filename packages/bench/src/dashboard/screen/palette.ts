import type { Tone } from '../frame/line.ts';

export type ColourDepth = 'none' | '16' | '256';

/** Numbers of the terminal's palette; absent means the terminal's own. */
interface Look {
  readonly foreground?: number;
  readonly background?: number;
  readonly isBold?: boolean;
  readonly isInverse?: boolean;
}

type Palette = Readonly<Record<Tone, Look>>;

/** The first sixteen are whatever the terminal's theme says, so they fit light and dark ones. */
const sixteen: Palette = {
  plain: {},
  faint: { foreground: 8 },
  strong: { isBold: true },
  good: { foreground: 2 },
  warn: { foreground: 3 },
  bad: { foreground: 1, isBold: true },
  accent: { foreground: 6 },
  chosen: { isInverse: true },
  title: { foreground: 6, isBold: true },
};

/** Middle tones of the colour cube, readable on black and on white. */
const many: Palette = {
  ...sixteen,
  faint: { foreground: 244 },
  good: { foreground: 35 },
  warn: { foreground: 172 },
  bad: { foreground: 160, isBold: true },
  accent: { foreground: 38 },
  title: { foreground: 38, isBold: true },
};

const none: Palette = {
  plain: {},
  faint: {},
  strong: { isBold: true },
  good: {},
  warn: { isBold: true },
  bad: { isBold: true },
  accent: {},
  chosen: { isInverse: true },
  title: { isBold: true },
};

const palettes: Readonly<Record<ColourDepth, Palette>> = { none, '16': sixteen, '256': many };

/** blessed keeps a cell's look in one number: flags, foreground, background, nine bits a colour. */
const OWN_COLOUR = 0x1_ff;
const BOLD = 1;
const INVERSE = 8;

export function attributesOf(depth: ColourDepth): Readonly<Record<Tone, number>> {
  const palette = palettes[depth];
  const tones = Object.keys(palette) as Tone[];
  return Object.fromEntries(tones.map((tone) => [tone, attributeOf(palette[tone])])) as Record<Tone, number>;
}

function attributeOf({ foreground, background, isBold, isInverse }: Look): number {
  const flags = (isBold === true ? BOLD : 0) | (isInverse === true ? INVERSE : 0);
  return (flags << 18) | ((foreground ?? OWN_COLOUR) << 9) | (background ?? OWN_COLOUR);
}
