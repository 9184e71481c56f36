import type { Address } from '@stormcart/core';
import { parseAddress } from './address.ts';

/** Where a proxy carries its connections to. */
export interface Upstream {
  /** As it was given, and as the API tells it. */
  readonly text: string;
  readonly target: Address | { readonly path: string };
}

/** The longest path that the kernel takes for a socket: `sun_path` holds 108 bytes with its end. */
const SOCKET_PATH_BYTES_MAX = 107;

/** For messages. */
export const acceptedUpstreams =
  'host:port such as 127.0.0.1:3306 or [::1]:6379, or the path of a Unix socket such as unix:/run/redis.sock';

/** Undefined when the text is none of `acceptedUpstreams`. */
export function parseUpstream(text: string): Upstream | undefined {
  const path = text.startsWith('unix:') ? text.slice('unix:'.length) : text;
  if (path.startsWith('/')) {
    return Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX ? { text, target: { path } } : undefined;
  }
  const address = parseAddress(text);
  return address === undefined || address.host === '' || address.port === 0
    ? undefined
    : { text, target: address };
}
