/** In whole MiB; the least amount is one. */
export function toMebibytes(amountBytes: number): number {
  return Math.ceil(amountBytes / 1_048_576);
}
