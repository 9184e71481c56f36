/**
 * Whether `text` is what `pattern` says, in which `*` stands for any run of characters. Takes time by the product of
 * both lengths at most: patterns come from scenarios and texts from whoever sends requests.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let patternAt = 0;
  let textAt = 0;
  /** Where the last star was, and how far into the text it reaches so far. */
  let starAt = -1;
  let starEnd = 0;
  while (textAt < text.length) {
    if (pattern[patternAt] === '*') {
      starAt = patternAt;
      starEnd = textAt;
      patternAt += 1;
    } else if (patternAt < pattern.length && pattern[patternAt] === text[textAt]) {
      patternAt += 1;
      textAt += 1;
    } else if (starAt === -1) {
      return false;
    } else {
      // The last star takes one character more; an earlier one never needs to.
      starEnd += 1;
      textAt = starEnd;
      patternAt = starAt + 1;
    }
  }
  while (pattern[patternAt] === '*') patternAt += 1;
  return patternAt === pattern.length;
}
