/**
 * The candidate that was probably meant, or undefined when none is near: at most one slip (a letter
 * wrong, missing, extra, or two swapped) per three letters. Case and separators do not count as slips.
 */
export function suggest(given: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  const wanted = plain(given);
  for (const candidate of candidates) {
    const known = plain(candidate);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3));
    if (Math.abs(wanted.length - known.length) > allowed) continue;
    const distance = slipsBetween(wanted, known);
    if (distance <= allowed && distance < bestDistance && distance < known.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Longer than any name there is; the comparison takes time by the square of it. */
const LONGEST_NAME = 100;

function plain(name: string): string {
  return name
    .slice(0, LONGEST_NAME)
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '');
}

/** Optimal string alignment: Damerau and Levenshtein's distance where no piece is edited twice. */
function slipsBetween(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      let slips = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && isSwapped) slips = Math.min(slips, (beforeLast[column - 2] ?? 0) + 1);
      current.push(slips);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
