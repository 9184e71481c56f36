import { type BootContext, type RunningSystem, type SupervisedChild, systemClock } from '@stormcart/core';
import { type RunningMariadb, startMariadb } from '../store/mariadb.ts';
import { startRabbitmq } from '../store/rabbitmq.ts';
import { startRedis } from '../store/redis.ts';
import { requireStorePrograms, type StorePrograms } from '../store/store-programs.ts';
import { abortableBoot } from './abortable.ts';
import { balancerProcess, untilAllInRotation } from './balancer-process.ts';
import { nodeProcessSpec } from './node-process.ts';
import { runningShop } from './running-shop.ts';
import { serviceProcess } from './service-process.ts';
import type { ShopConfig } from './shop-config.ts';
import { shopContent } from './shop-content.ts';
import { layFoundation, type ShopFoundation } from './shop-foundation.ts';
import type { RunningStores } from './shop-stores.ts';

/**
 * Boots the whole shop. When anything fails or the signal is aborted, what this function opened itself is closed
 * again; processes belong to the supervisor, which the caller closes. Errors: `STORE_PROGRAM_MISSING`,
 * `STORE_TEMPLATE_FAILED`, `CHILD_NOT_READY` and the like, each with what to do.
 */
export async function bootShop(config: ShopConfig, outer: BootContext): Promise<RunningSystem> {
  const giveUp = new AbortController();
  const context = abortableBoot(outer, AbortSignal.any([outer.signal, giveUp.signal]));
  await using opened = new AsyncDisposableStack();
  const parts: Promise<unknown>[] = [];
  const timed = <Result>(step: string, work: Promise<Result>): Promise<Result> => {
    const part = reportTime(context, step, work);
    parts.push(part);
    return part;
  };
  try {
    const programs = await requireStorePrograms();
    const foundation = await layFoundation(config, context, opened);
    context.signal.throwIfAborted();
    const { stores, processes } = await startProcesses(foundation, programs, context, timed);
    await timed('all in rotation', untilAllInRotation(foundation.ports.balancer.admin, context.signal));
    const owned = opened.move();
    return runningShop({
      foundation,
      stores,
      logFolder: context.logFolder,
      processes,
      close: () => owned.disposeAsync(),
    });
  } catch (error) {
    giveUp.abort(error);
    // Copying, installing and probing end by themselves once aborted; nobody may write into folders after us.
    await Promise.allSettled(parts);
    throw error;
  }
}

/** Runs one part of the boot, reports how long it took, and remembers it for the end of a failed boot. */
type TimedPart = <Result>(step: string, work: Promise<Result>) => Promise<Result>;

interface ShopProcesses {
  readonly stores: RunningStores;
  readonly processes: readonly SupervisedChild[];
}

/**
 * RabbitMQ takes longest, so it goes first and everything else starts beside it: services retry their stores
 * until they are there. They only wait for MariaDB, because their account comes with its template.
 */
async function startProcesses(
  foundation: ShopFoundation,
  programs: StorePrograms,
  context: BootContext,
  timed: TimedPart,
): Promise<ShopProcesses> {
  const { config, instances, ports, routes, virtualHost, identityKey } = foundation;
  const rabbitmqStarts = timed(
    'rabbitmq ready',
    startRabbitmq(context, { programs: programs.rabbitmq, ports: ports.rabbitmq, virtualHost }),
  );
  const redisStarts = timed(
    'redis ready',
    startRedis(context, { programs: programs.redis, port: ports.redis }),
  );
  const balancerStarts = timed(
    'balancer ready',
    balancerProcess(foundation, context.dataFolder).then((balancer) =>
      context.supervisor.start(nodeProcessSpec(context, balancer)),
    ),
  );
  const mariadbStarts = timed('mariadb ready', startShopMariadb(context, programs, ports.mariadb));
  const servicesStart = mariadbStarts.then(({ database, account }) =>
    Promise.all(
      instances.map((instance) => {
        const port = ports.services.get(instance.name) ?? 0;
        const surroundings = { config, routes, port, database, account, virtualHost, identityKey };
        const spec = nodeProcessSpec(context, serviceProcess(instance, surroundings));
        return timed(`${instance.name} ready`, context.supervisor.start(spec));
      }),
    ),
  );
  const [mariadb, redis, rabbitmq, balancer, services] = await Promise.all([
    mariadbStarts,
    redisStarts,
    rabbitmqStarts,
    balancerStarts,
    servicesStart,
  ]);
  const stores = { mariadb, redis, rabbitmq };
  return {
    stores,
    processes: [mariadb.process, redis.process, rabbitmq.process, balancer, ...services],
  };
}

async function startShopMariadb(
  context: BootContext,
  programs: StorePrograms,
  port: number,
): Promise<RunningMariadb> {
  const content = await shopContent();
  return startMariadb(context, { programs: programs.mariadb, port, content });
}

async function reportTime<Result>(
  context: BootContext,
  step: string,
  work: Promise<Result>,
): Promise<Result> {
  const startedMs = systemClock.now();
  const result = await work;
  context.progress(step, systemClock.now() - startedMs);
  return result;
}
