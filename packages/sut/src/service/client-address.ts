import { isIP } from 'node:net';

/** The hosts of an IPv6 network get 64 bits to themselves (RFC 4291 section 2.5.1): one machine, many addresses. */
const NETWORK_GROUPS = 4;
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Whom limits per address count: the last entry of X-Forwarded-For, which our balancer writes itself (services listen
 * on loopback only; what a client sends stands further left, if at all), else the peer. IPv6 counts by network.
 */
export function clientAddress(forwardedFor: string | undefined, peer: string | undefined): string {
  const last = forwardedFor?.split(',').at(-1)?.trim() ?? '';
  const address = isIP(last) === 0 ? (peer ?? '') : last;
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIP(address) === 6 ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  const [head = '', tail] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
