import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script: Redis runs it as one step, nothing comes in between. */
export type Script = (keys: readonly string[], values: readonly (string | number)[]) => Promise<unknown>;

/** Sends the script's hash, and its text once to a server that does not know it (any that was restarted). */
export function prepareScript(redis: Redis, lua: string): Script {
  const sha = createHash('sha1').update(lua).digest('hex');
  return async (keys, values) => {
    const rest = [...keys, ...values];
    try {
      return await redis.evalsha(sha, keys.length, ...rest);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(lua, keys.length, ...rest);
    }
  };
}

/** Bytes that are no entry count as older than any. */
const VERSION_OF = `
local function versionOf(text)
  local ok, entry = pcall(cjson.decode, text)
  if ok and type(entry) == 'table' and type(entry.version) == 'number' then return entry.version end
  return -1
end`;

/** KEYS lease; ARGV a new token, milliseconds. Gives the token under which loads run at the moment. */
export const LEASE = `
local held = redis.call('GET', KEYS[1])
if held then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return held
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

/** KEYS entry, lease; ARGV token, version, milliseconds, entry. Gives what became of it. */
export const FILL = `${VERSION_OF}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'voided' end
local stored = redis.call('GET', KEYS[1])
if stored and versionOf(stored) > tonumber(ARGV[2]) then return 'older' end
redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[3])
return 'stored'`;

/** KEYS entry, lease; ARGV version. Removes what is older, and the right to fill of everybody who loads. */
export const VOID = `${VERSION_OF}
redis.call('DEL', KEYS[2])
local stored = redis.call('GET', KEYS[1])
if stored and versionOf(stored) < tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
return 1`;
