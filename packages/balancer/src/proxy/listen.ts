import type { Server } from 'node:net';
import { type Address, AppError, messageOf } from '@stormcart/core';

/** Resolves with the address that was had; the port is the real one when 0 was asked for. Throws `CANNOT_LISTEN`. */
export function listen(server: Server, at: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error): void => {
      reject(
        new AppError<'CANNOT_LISTEN'>({
          kind: 'environment',
          code: 'CANNOT_LISTEN',
          message: `the balancer cannot listen on ${at.host}:${at.port}: ${messageOf(cause)}`,
          hint: 'Another process may hold the port: `ss -ltnp` lists who listens.',
          cause,
        }),
      );
    };
    server.once('error', onError);
    server.listen({ host: at.host, port: at.port }, () => {
      server.removeListener('error', onError);
      const bound = server.address();
      resolve({ host: at.host, port: typeof bound === 'object' && bound !== null ? bound.port : at.port });
    });
  });
}
