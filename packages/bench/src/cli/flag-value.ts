import { AppError, duration, rate } from '@stormcart/core';
import { InvalidArgumentError, Option } from 'commander';
import { SHARES_MAX } from '../share/share-task.ts';

/** Parsers of flags; quantities with a unit go through core's units. */

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

/** How many take part in one load. */
export function shareCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > SHARES_MAX)
    throw new InvalidArgumentError(`a whole number from 1 to ${SHARES_MAX}, such as 2`);
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

export function rateValue(text: string): number {
  const value = rate.parse(text);
  if (value === undefined || value <= 0)
    throw new InvalidArgumentError('a rate with its unit, such as 500/s or 40/s');
  return value;
}

/** The help shows the usual value as it would be typed. */
export function durationOption(flags: string, about: string, usual: string): Option {
  return new Option(flags, about).argParser(durationValue).default(durationValue(usual), usual);
}

function durationValue(text: string): number {
  const value = duration.parse(text);
  if (value === undefined || value <= 0)
    throw new InvalidArgumentError(`a duration with its unit, such as ${duration.example}`);
  return value;
}

/** Of an option that may be given several times. */
export function collectText(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

export function targetUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) throw hasCredentials(url);
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new AppError({
    kind: 'usage',
    code: 'BAD_URL',
    message: `${text} is no URL that can be loaded`,
    hint: 'Write one with its scheme, such as http://127.0.0.1:8080/',
  });
}

/** They would not be sent, and would be printed. */
function hasCredentials(url: URL): AppError {
  return new AppError({
    kind: 'usage',
    code: 'CREDENTIALS_IN_URL',
    message: `a name or a password in the URL of ${url.host} is not sent`,
    hint: 'Leave it out. A scenario can send an Authorization header: `requests` with `headers` (docs/own-system.md).',
  });
}
