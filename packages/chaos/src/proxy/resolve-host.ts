import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Whoever listens on a name that takes longer to look up has a broken resolver. */
const LOOKUP_TIMEOUT_MS = 2_000;

/** The address to listen on; '' stays, for every address. `localhost` is 127.0.0.1, as in Toxiproxy. */
export async function resolveHost(host: string): Promise<string> {
  if (host === '' || isIP(host) !== 0) return host;
  if (host === 'localhost') return '127.0.0.1';
  const timeout = AbortSignal.timeout(LOOKUP_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () =>
      reject(new Error(`lookup ${host}: no answer in ${LOOKUP_TIMEOUT_MS} ms`)),
    );
  });
  const found = lookup(host, { order: 'ipv4first' }).catch((cause: unknown) => {
    throw new Error(`lookup ${host}: no such host`, { cause });
  });
  return (await Promise.race([found, late])).address;
}
