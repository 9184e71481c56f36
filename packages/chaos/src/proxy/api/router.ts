import type { ProxySet } from '../proxy-set.ts';
import { type ApiAnswer, failure, failureOf } from './answer.ts';
import { type Route, routes } from './routes.ts';

export interface ApiRequest {
  readonly method: string;
  /** Decoded segments: `['proxies', 'orders->mariadb', 'toxics']`. */
  readonly path: readonly string[];
  readonly body: string;
}

/** Answers one request: the path is judged first, then the method, then what the path names, then the body. */
export async function answerApi(set: ProxySet, { method, path, body }: ApiRequest): Promise<ApiAnswer> {
  for (const route of routes) {
    const names = matchPath(route, path);
    if (names === undefined) continue;
    const handler = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
    if (handler === undefined) return methodNotAllowed(method, route);
    try {
      return await handler({ set, names, body });
    } catch (error) {
      return failureOf(error);
    }
  }
  return failure(404, `no such path: /${path.join('/')}`);
}

function methodNotAllowed(method: string, { methods }: Route): ApiAnswer {
  const allowed = Object.keys(methods).join(', ');
  const answer = failure(405, `${method} is not possible here; accepted is ${allowed}`);
  return { ...answer, headers: { allow: allowed } };
}

/** What the path's variable segments stand for; undefined when it is another path. */
function matchPath(route: Route, path: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (route.path.length !== path.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, expected] of route.path.entries()) {
    const segment = path[index] ?? '';
    if (expected.startsWith(':')) {
      if (segment === '') return undefined;
      names[expected.slice(1)] = segment;
    } else if (segment !== expected) return undefined;
  }
  return names;
}
