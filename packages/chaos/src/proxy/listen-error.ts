import { type Address, messageOf, systemCodeOf } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import { addressText } from './address.ts';

/** What the kernel says, in the words of Go's net package: Toxiproxy's clients show, and match, these. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EACCES: 'bind: permission denied',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EMFILE: 'socket: too many open files',
};

/** Nobody can listen there now. */
export function listenFailed(address: Address, cause: unknown): ChaosError {
  const code = systemCodeOf(cause);
  return new ChaosError({
    kind: 'environment',
    code: 'LISTEN_FAILED',
    message: `listen tcp ${addressText(address)}: ${reasons[code ?? ''] ?? messageOf(cause)}`,
    ...(code === 'EADDRINUSE'
      ? { hint: `See who has the port: \`ss -ltnp 'sport = :${address.port}'\`.` }
      : {}),
    cause,
  });
}

/** Nobody ever could. */
export function badListenAddress(text: string): ChaosError {
  return new ChaosError({
    kind: 'usage',
    code: 'BAD_REQUEST',
    message: `listen tcp: address ${text}: missing port in address, or no address; accepted is host:port such as 127.0.0.1:3306, [::1]:3306, :3306 for every address of the machine, or port 0 for a free one`,
  });
}
