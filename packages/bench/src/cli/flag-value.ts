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

/** `127.0.0.1:9464`, `localhost:0`, `[::1]:9464` */
export function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new InvalidArgumentError('an address to listen on, such as 127.0.0.1:9464');
  }
  return { host, port };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('a number above 0, such as 0.5');
  return value;
}
