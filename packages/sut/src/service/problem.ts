/** Every problem the shop answers with, by slug; `type` is `urn:stormcart:problem:<slug>` (RFC 9457). */
const problems = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-body': { status: 400, title: 'The body is not valid JSON' },
  'key-missing': { status: 400, title: 'An Idempotency-Key header is required' },
  unauthenticated: { status: 401, title: 'Authentication is required' },
  'wrong-credentials': { status: 401, title: 'The e-mail address or the password is wrong' },
  'challenge-invalid': { status: 401, title: 'The login has to be started again' },
  'wrong-code': { status: 401, title: 'The code is wrong or was used before' },
  'payment-declined': { status: 402, title: 'The payment was declined' },
  'wrong-password': { status: 403, title: 'The password is wrong' },
  forbidden: { status: 403, title: 'This account may not do that' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'email-taken': { status: 409, title: 'The e-mail address is already registered' },
  'cart-unsettled': { status: 409, title: 'The cart has not settled yet' },
  'out-of-stock': { status: 409, title: 'There is not enough in stock' },
  'request-in-flight': { status: 409, title: 'A request with this key is still being worked on' },
  'under-review': { status: 409, title: 'The order has to be looked at first' },
  'wrong-state': { status: 409, title: 'The order is not in a state that allows this' },
  'mfa-conflict': { status: 409, title: 'The second factor is not in a state that allows this' },
  'changed-meanwhile': { status: 409, title: 'The account was changed at the same time' },
  'product-changed': { status: 409, title: 'The product was changed at the same time' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'key-reused': { status: 422, title: 'The key was used with another body' },
  'cart-empty': { status: 422, title: 'The cart is empty' },
  'unknown-product': { status: 422, title: 'There is no such product' },
  'password-refused': { status: 422, title: 'The password is too easy to guess' },
  'too-many-attempts': { status: 429, title: 'There were too many attempts' },
  internal: { status: 500, title: 'Something went wrong here' },
  busy: { status: 503, title: 'Too much is going on at once' },
  'not-confirmed': { status: 503, title: 'The change was not confirmed in time' },
  'deadline-passed': { status: 504, title: 'The time for an answer is over' },
  'store-unavailable': { status: 503, title: 'A store does not answer' },
} as const;

export type ProblemSlug = keyof typeof problems;

/** An answer as data; the frame writes it. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'empty'; readonly status: 204 }
  | {
      readonly kind: 'problem';
      readonly status: number;
      readonly body: ProblemBody;
      readonly headers: Readonly<Record<string, string>>;
    };

/** RFC 9457 section 3.1, with extension members. */
interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

export interface ProblemOptions {
  /** Whole seconds, as the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** Extension members of the body. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'json', status, body, headers };
}

export function problem(slug: ProblemSlug, detail: string, options: ProblemOptions = {}): Answer {
  const { status, title } = problems[slug];
  return {
    kind: 'problem',
    status,
    body: { ...options.members, type: `urn:stormcart:problem:${slug}`, title, status, detail },
    headers: {
      // RFC 9110 section 15.5.2: a 401 says how to do better.
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(options.retryAfterSeconds === undefined
        ? {}
        : { 'retry-after': String(options.retryAfterSeconds) }),
    },
  };
}
