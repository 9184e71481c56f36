import type { RunningSystem } from '@stormcart/core';

/** What a person who has a shop up wants to reach, by name. */
export function shopAddresses(system: RunningSystem): Readonly<Record<string, string>> {
  const { entryUrl, certificateAuthority, addresses } = system;
  return {
    shop: entryUrl,
    ...(certificateAuthority && { 'trust in': certificateAuthority.file }),
    ...addresses,
  };
}

/** One line for each. */
export function addressLines(addresses: Readonly<Record<string, string>>): string {
  return Object.entries(addresses)
    .map(([name, address]) => `${name.padEnd(12)} ${address}`)
    .join('\n');
}
