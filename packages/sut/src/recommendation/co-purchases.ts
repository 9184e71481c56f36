import type { Redis } from 'ioredis';
import { z } from 'zod';
import { prepareScript } from '../catalog/cache-scripts.ts';
import type { PairCounts, Partner } from './pair-counts.ts';
import { recommendationFigures as figures } from './recommendation-figures.ts';

/** Up to which order event the counts of a generation go. */
export interface FeedPosition {
  /** Counts that begin anew do so under a new name: what is left of the old ones must not be added to. */
  readonly generation: string;
  readonly lastEventId: number;
}

/** Counts of products bought together, in Redis's sorted sets. Any call may fail at any time. */
export interface CoPurchases {
  /** Undefined where Redis knows nothing (any more). */
  position(): Promise<FeedPosition | undefined>;
  /** Adds the counts and moves on, both or neither; false when somebody else has moved meanwhile. */
  add(from: FeedPosition | undefined, to: FeedPosition, counts: PairCounts): Promise<boolean>;
  /** What was bought together with any of these, up to `limit` for each. */
  partners(productIds: readonly number[], limit: number): Promise<readonly Partner[]>;
}

const POSITION_KEY = 'co-purchase:v1:position';
const SETS = 'co-purchase:v1:';

/** KEYS position, sets; ARGV old position, new position, milliseconds, partners kept, then (set, member, count)… */
const ADD = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
for i = 5, #ARGV, 3 do
  redis.call('ZINCRBY', KEYS[tonumber(ARGV[i])], ARGV[i + 2], ARGV[i + 1])
end
for i = 2, #KEYS do
  redis.call('ZREMRANGEBYRANK', KEYS[i], 0, -1 - tonumber(ARGV[4]))
  redis.call('PEXPIRE', KEYS[i], ARGV[3])
end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

/** KEYS position; ARGV prefix of the sets, last rank, then product ids. The sets' names depend on the position. */
const PARTNERS = `
local found = {}
local generation = string.match(redis.call('GET', KEYS[1]) or '', '^([^:]+):')
if not generation then return found end
for i = 3, #ARGV do
  local list = redis.call('ZREVRANGE', ARGV[1] .. generation .. ':' .. ARGV[i], 0, ARGV[2], 'WITHSCORES')
  for j = 1, #list do found[#found + 1] = list[j] end
end
return found`;

const flatAnswer = z.array(z.string().transform(Number));

export function createCoPurchases(redis: Redis): CoPurchases {
  const add = prepareScript(redis, ADD);
  const partners = prepareScript(redis, PARTNERS);
  return {
    position: async () => parsePosition(await redis.get(POSITION_KEY)),
    add: async (from, to, counts) => {
      const keys = [POSITION_KEY];
      const values: (string | number)[] = [
        from === undefined ? '' : formatPosition(from),
        formatPosition(to),
        figures.keptMs,
        figures.partnersKept,
      ];
      for (const [productId, others] of counts) {
        keys.push(`${SETS}${to.generation}:${productId}`);
        for (const [other, count] of others) values.push(keys.length, other, count);
      }
      return (await add(keys, values)) === 1;
    },
    partners: async (productIds, limit) => {
      const flat = flatAnswer.parse(await partners([POSITION_KEY], [SETS, limit - 1, ...productIds]));
      const found: Partner[] = [];
      for (let index = 0; index + 1 < flat.length; index += 2) {
        found.push({ productId: flat[index] ?? 0, count: flat[index + 1] ?? 0 });
      }
      return found;
    },
  };
}

const POSITION = /^([0-9a-f-]+):(\d{1,16})$/;

function formatPosition({ generation, lastEventId }: FeedPosition): string {
  return `${generation}:${lastEventId}`;
}

function parsePosition(text: string | null): FeedPosition | undefined {
  const [, generation, lastEventId] = POSITION.exec(text ?? '') ?? [];
  if (generation === undefined || lastEventId === undefined) return undefined;
  return { generation, lastEventId: Number(lastEventId) };
}
