import { isIP } from 'node:net';
import type { Address } from '@stormcart/core';

/**
 * The address in `host:port`, `[IPv6]:port` or `:port`; undefined when there is none. No host (`''`) stands for
 * every one of the machine's, as in Toxiproxy; port 0 for any free one.
 */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^[\]]+)\]|([^[\]:\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  const [, bracketed, plain = ''] = match;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  return { host: bracketed ?? plain, port };
}

export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
