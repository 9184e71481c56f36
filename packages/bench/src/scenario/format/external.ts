import { isIP } from 'node:net';
import type { Address } from '@stormcart/core';
import { z } from 'zod';
import { text, word } from './value.ts';

/** Names of both ends as in any link, `app->redis`. */
const LINK_NAME = /^([a-z][a-z0-9-]{0,39}(?:\/\d+)?)->([a-z][a-z0-9-]{0,39}(?:\/\d+)?)$/;
const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;
const PORT_MAX = 65_535;
/** More than anybody draws into one picture of a system. */
const MOST_LINKS = 50;

/** `host:port`, or `[::1]:port`. */
function address(about: string) {
  return z
    .unknown()
    .transform((value, context): Address => {
      const parsed = typeof value === 'string' ? parseAddress(value) : undefined;
      if (parsed !== undefined) return parsed;
      const shown = typeof value === 'string' ? value : JSON.stringify(value);
      const message = `expected an address, found ${shown}; write it like 127.0.0.1:6379`;
      context.issues.push({ code: 'custom', input: value, message });
      return z.NEVER;
    })
    .meta({ type: 'string', description: `${about}, such as 127.0.0.1:6379` });
}

function parseAddress(value: string): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value.trim()) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= PORT_MAX)) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined;
  return plain !== undefined && HOST.test(plain) ? { host: plain, port } : undefined;
}

const entry = z
  .unknown()
  .transform((value, context): string => {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
    const isPlain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
    if (url !== undefined && isPlain && (url.protocol === 'http:' || url.protocol === 'https:'))
      return url.origin;
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    const message = `expected scheme, host and port without a path, found ${shown}; write it like http://127.0.0.1:8080`;
    context.issues.push({ code: 'custom', input: value, message });
    return z.NEVER;
  })
  .meta({ type: 'string', description: 'where requests go, such as http://127.0.0.1:8080' });

const link = z.strictObject({
  listen: address('where Stormcart listens during the drill and the system connects to'),
  upstream: address('where that link really leads'),
  protocol: word(['tcp', 'http', 'https'], 'what it carries; faults on HTTP need plain http').prefault('tcp'),
});

const linkName = z
  .string()
  .regex(LINK_NAME, { error: 'a link is named from->to, such as app->redis' })
  .meta({ description: 'from->to' });

/** `external:`, a system that runs already and was not started by Stormcart. */
export const externalFormat = z
  .strictObject({
    entry,
    ready: text(
      'a path that answers 2xx or 3xx once the system is ready; absent: the entry accepts connections',
    )
      .regex(/^\/[\u0021-\u007e]*$/, { error: 'a path begins with / and has no spaces' })
      .optional(),
    ca: text('a PEM file beside the scenario: who signed what an https entry shows').min(1).optional(),
    links: z
      .record(linkName, link)
      .refine((links) => Object.keys(links).length <= MOST_LINKS, { error: `at most ${MOST_LINKS} links` })
      .prefault({})
      .meta({ description: 'links of the system that faults may sit on' }),
  })
  .meta({ description: 'a system that runs already: its address, and links that lead through Stormcart' });

export type External = z.output<typeof externalFormat>;
