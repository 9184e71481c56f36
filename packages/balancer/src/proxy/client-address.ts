import type { RequestHead } from '@stormcart/core';

/** Who asks: the peer, or whom a trusted peer says it asks for (the first of X-Forwarded-For). */
export function clientAddressOf(head: RequestHead, peerAddress: string, trustsForwardedFor: boolean): string {
  if (!trustsForwardedFor) return peerAddress;
  const first = head.headers.get('x-forwarded-for')?.split(',')[0]?.trim();
  return first === undefined || first === '' ? peerAddress : first;
}

/** A socket that listens on `::` calls IPv4 clients `::ffff:127.0.0.1`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
