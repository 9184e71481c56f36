/** How a text says good and bad, apart from its words. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

const plain = (text: string): string => text;

export const plainStyle: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain };
