import type { RequestHead } from '@stormcart/core';
import type { BackendPool } from '../route/backend-pool.ts';
import { type RequestTarget, targetOf } from '../route/request-target.ts';
import type { Route } from '../route/router.ts';
import type { ProblemName } from './problem.ts';
import type { ProxyContext } from './proxy-context.ts';

/** Whether a request is passed on, as far as its head tells. */
export type Admission =
  | { readonly kind: 'admitted'; readonly target: RequestTarget; readonly route: Route<BackendPool> }
  | {
      readonly kind: 'refused';
      readonly problem: ProblemName;
      readonly detail: string;
      /** As far as it could be read. */
      readonly target?: RequestTarget;
      readonly route?: Route<BackendPool>;
    };

export function admit(
  head: RequestHead,
  { router, config: { limits } }: Pick<ProxyContext, 'router' | 'config'>,
): Admission {
  if (head.method === 'CONNECT') {
    return { kind: 'refused', problem: 'connect-method', detail: 'this is no forward proxy' };
  }
  const target = targetOf(head);
  if (typeof target === 'string') return { kind: 'refused', problem: 'bad-request', detail: target };
  const route = router.find(target.path);
  if (route === undefined) {
    return { kind: 'refused', problem: 'no-route', detail: 'no prefix covers this path', target };
  }
  const { framing } = head;
  if (framing.kind === 'length' && framing.bytes > limits.bodyBytesMax) {
    return {
      kind: 'refused',
      problem: 'body-too-large',
      detail: tooLarge(limits.bodyBytesMax),
      target,
      route,
    };
  }
  return { kind: 'admitted', target, route };
}

export function tooLarge(bodyBytesMax: number): string {
  return `at most ${bodyBytesMax} bytes are accepted`;
}
