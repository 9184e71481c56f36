import { agentError } from './agent-error.ts';

/** Where the agents and whoever shares out a load meet. */
export interface RedisAddress {
  /** For people: it has no password in it. */
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly isEncrypted: boolean;
}

const USUAL_PORT = 6379;

/** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. Throws BAD_REDIS_URL, without the password. */
export function parseRedisAddress(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, db = '0'] = /^(?:|\/|\/(\d{1,4}))$/.exec(url?.pathname ?? '-') ?? [];
  const isKnown = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  const isPlain = url?.search === '' && url.hash === '' && /^(?:|\/|\/\d{1,4})$/.test(url.pathname);
  if (url === undefined || !isKnown || !isPlain || url.hostname === '') {
    throw agentError({
      kind: 'usage',
      code: 'BAD_REDIS_URL',
      message: 'that is no address of a Redis',
      hint: 'Write redis://host:6379, redis://user:password@host:6379/0 or, with TLS, rediss://host:6380; STORMCART_REDIS may hold it too.',
    });
  }
  const port = url.port === '' ? USUAL_PORT : Number(url.port);
  const [username, password] = [decoded(url.username), decoded(url.password)];
  return {
    shown: `${url.hostname}:${port}`,
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port,
    db: Number(db),
    isEncrypted: url.protocol === 'rediss:',
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
}

/** As it stands where a lone `%` makes it no code. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
