import { InvalidArgumentError } from 'commander';

/** Parsers of flags that are plain numbers; quantities with a unit go through core's units. */

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('a whole number from 0 up, such as 42');
  }
  return value;
}

export function countNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('a whole number from 1 up, such as 10');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('a number above 0, such as 0.5');
  return value;
}
