import type { ControlAnswer, ControlRequest } from '../proxy/control-routes.ts';
import type { HttpFaultSet } from './http-fault-set.ts';
import { httpFaultJson, httpProxyJson, newHttpFaultSchema, newHttpProxySchema } from './http-wire.ts';

type Handlers = Readonly<Record<string, () => ControlAnswer | Promise<ControlAnswer>>>;

/**
 * Answers what is asked below `/http-proxies` and `/http-faults`; undefined for any other path. Throws a `ZodError`
 * for a wrong body, and a `ChaosError` BAD_FAULT for wrong attributes or LISTEN_FAILED.
 */
export function answerHttpControl(
  set: HttpFaultSet,
  { method, path, body }: ControlRequest,
): Promise<ControlAnswer> | undefined {
  const [root, name, ...rest] = path;
  if (root !== 'http-proxies' && root !== 'http-faults') return undefined;
  if (rest.length > 0) return Promise.resolve(failure(404, 'no such path'));
  const handlers = root === 'http-proxies' ? proxyHandlers(set, name, body) : faultHandlers(set, name, body);
  if (handlers === undefined) return Promise.resolve(failure(404, `${root} not found: ${name}`));
  return forMethod(method, handlers);
}

function proxyHandlers(set: HttpFaultSet, name: string | undefined, body: unknown): Handlers | undefined {
  if (name === undefined) {
    return {
      GET: () => ok(set.proxies().map(httpProxyJson)),
      POST: async () => {
        const spec = newHttpProxySchema.parse(body);
        const proxy = await set.addProxy(spec);
        if (proxy === undefined) return failure(409, `http proxy already exists: ${spec.name}`);
        return { status: 201, body: httpProxyJson(proxy) };
      },
    };
  }
  const proxy = set.proxy(name);
  return (
    proxy && {
      GET: () => ok(httpProxyJson(proxy)),
      DELETE: async () => {
        await set.removeProxy(proxy);
        return { status: 204 };
      },
    }
  );
}

function faultHandlers(set: HttpFaultSet, name: string | undefined, body: unknown): Handlers | undefined {
  if (name === undefined) {
    return {
      GET: () => ok(set.faults().map(httpFaultJson)),
      POST: () => addFault(set, body),
      DELETE: () => {
        set.removeAllFaults();
        return { status: 204 };
      },
    };
  }
  const fault = set.known(name);
  return (
    fault && {
      GET: () => ok(httpFaultJson(fault)),
      DELETE: () => (set.removeFault(name) ? { status: 204 } : failure(404, `http fault has ended: ${name}`)),
    }
  );
}

function addFault(set: HttpFaultSet, body: unknown): ControlAnswer {
  const spec = newHttpFaultSchema.parse(body);
  const unknown = spec.proxies.find((proxy) => set.proxy(proxy) === undefined);
  if (unknown !== undefined) return failure(404, `http proxy not found: ${unknown}`);
  const fault = set.addFault(spec);
  if (fault === undefined) return failure(409, `http fault already exists: ${spec.name}`);
  return { status: 201, body: httpFaultJson(fault) };
}

async function forMethod(method: string, handlers: Handlers): Promise<ControlAnswer> {
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
  return handler === undefined ? failure(405, `${method} is not possible here`) : handler();
}

function ok(body: unknown): ControlAnswer {
  return { status: 200, body };
}

/** Toxiproxy's error shape, as everywhere in this API. */
function failure(status: number, error: string): ControlAnswer {
  return { status, body: { error, status } };
}
