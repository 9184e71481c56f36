import { Redis } from 'ioredis';
import { openRelay, type TestRelay } from '../shop-relay.ts';
import { openShopStage, type ShopStage, type TestService, textOf } from '../shop-stage.ts';

type Pair = readonly [TestService, TestService];

/** One booted shop for many tests: two replicas of what customers talk to, because what holds must hold across processes. */
export interface ShopRig {
  readonly stage: ShopStage;
  /** The way from the second one to Redis leads over the relay. */
  readonly catalog: Pair;
  readonly account: Pair;
  readonly orders: Pair;
  readonly worker: TestService;
  readonly redisRelay: TestRelay;
  readonly redis: Redis;
  /** What is left of it: nothing, if all is well. */
  close(): Promise<readonly string[]>;
}

export async function openShopRig(): Promise<ShopRig> {
  const stage = await openShopStage();
  const redisRelay = await openRelay(stage.redis.address);
  const redis = new Redis(stage.redis.address.port, stage.redis.address.host);
  const pair = (service: 'account' | 'orders'): Promise<Pair> =>
    Promise.all([stage.start(service, 1), stage.start(service, 2)]);
  const [catalog, account, orders, worker] = await Promise.all([
    Promise.all([
      stage.start('catalog', 1),
      stage.start('catalog', 2, { SHOP_REDIS: textOf(redisRelay.address) }),
    ] as const),
    pair('account'),
    pair('orders'),
    stage.start('worker', 1),
  ]);
  return {
    stage,
    catalog,
    account,
    orders,
    worker,
    redisRelay,
    redis,
    close: async () => {
      redis.disconnect();
      await redisRelay.close();
      return stage.close();
    },
  };
}
