import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackendReport, type BalancerConfigInput, balancerEntry } from '@stormcart/balancer';
import { pollUntil } from '@stormcart/core';
import { type ServiceInstance, serviceInstances } from './describe-shop.ts';
import type { NodeProcess } from './node-process.ts';
import { serviceTable } from './service-table.ts';
import type { ShopFoundation } from './shop-foundation.ts';

/** What it holds is a few kB per connection and 3 MB of log lines at most. */
const HEAP_MB = 128;
const LOOK_EVERY_MS = 50;
const LOOK_MS_MAX = 1_000;

/**
 * What every public answer says to browsers (OWASP REST Security Cheat Sheet): JSON is never to be run, framed, guessed
 * at or embedded elsewhere. HTTPS only for a day and not for longer: browsers keep that by host name without the port, and
 * `localhost` belongs to other programs too.
 */
const SECURITY_FIELDS = {
  'Strict-Transport-Security': 'max-age=86400',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** The part of the foundation that the balancer stands on. */
export type FrontFoundation = Pick<ShopFoundation, 'config' | 'ports' | 'routes' | 'front'>;

/** Writes the balancer's file and says how to start it. It is ready once each pool has a back end. */
export async function balancerProcess(foundation: FrontFoundation, dataFolder: string): Promise<NodeProcess> {
  const file = join(dataFolder, 'balancer.json');
  await writeFile(file, JSON.stringify(balancerFile(foundation), null, 2));
  return {
    name: 'balancer',
    args: [balancerEntry, file],
    heapMb: HEAP_MB,
    env: {},
    readyUrl: `http://127.0.0.1:${foundation.ports.balancer.admin}/readyz`,
  };
}

export function balancerFile({ config, ports, routes, front }: FrontFoundation): BalancerConfigInput {
  const instances = serviceInstances(config);
  const backend = ({ name }: ServiceInstance) => ({ name, ...routes.address('balancer', name) });
  return {
    listen: { port: ports.balancer.entry },
    tls: { certificateFile: front.certificateFile, keyFile: front.keyFile },
    admin: { port: ports.balancer.admin },
    answers: { fields: SECURITY_FIELDS, withheld: ['Server', 'X-Powered-By'] },
    pools: serviceTable
      .filter((row) => row.prefixes.length > 0)
      .map((row) => ({
        name: row.name,
        prefixes: [...row.prefixes],
        algorithm: config.algorithm,
        ...(row.waitMs === undefined ? {} : { waitMs: row.waitMs }),
        backends: instances.filter((instance) => instance.row === row).map(backend),
      })),
  };
}

/** Waits until every back end gets its share: a drill must not begin while some are still being probed. */
export function untilAllInRotation(adminPort: number, signal: AbortSignal): Promise<void> {
  return pollUntil(
    async () => {
      const within = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS_MAX)]);
      const response = await fetch(`http://127.0.0.1:${adminPort}/backends`, { signal: within });
      const reports = (await response.json()) as readonly BackendReport[];
      return reports.every((report) => report.isInRotation);
    },
    { everyMs: LOOK_EVERY_MS, signal },
  );
}
