/**
 * The balancer as a process of its own: `node main.ts <config.json>`. Access lines go to stdout,
 * messages to stderr. SIGTERM and SIGINT end it after what is in flight (exit 0); a bad
 * configuration is exit 2, an address that cannot be had exit 4.
 */
import { AppError, messageOf } from '@stormcart/core';
import { descriptorSink } from './access-log/descriptor-sink.ts';
import { type Balancer, createBalancer } from './balancer.ts';
import { readBalancerConfig } from './config/read-config.ts';

const STDOUT = 1;

async function start(path: string | undefined): Promise<Balancer> {
  if (path === undefined) {
    throw new AppError({ kind: 'usage', code: 'NO_CONFIG', message: 'usage: main.ts <config.json>' });
  }
  return createBalancer({ config: await readBalancerConfig(path), logSink: descriptorSink(STDOUT) });
}

try {
  const balancer = await start(process.argv[2]);
  const { host, port } = balancer.address;
  process.stderr.write(`balancer listens on ${host}:${port}\n`);
  const stop = (): void => {
    // A failed shutdown is a crash: let it be seen as one.
    void balancer.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  if (error instanceof AppError && error.hint !== undefined) process.stderr.write(`${error.hint}\n`);
  process.exitCode = error instanceof AppError && error.kind === 'usage' ? 2 : 4;
}
