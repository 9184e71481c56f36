import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Authenticate, Identity } from './authentication.ts';
import { noteCustomer } from './logging/work.ts';
import { type Answer, problem } from './problem.ts';

/** What a handler may know of a request beside its checked input. */
export interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  /** Whom limits per address count. */
  readonly clientAddress: string;
  readonly log: Logger;
}

/** One route of a service; `path` is an express pattern and the label of its metrics. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly handle: (request: Request, call: Call) => Promise<Answer>;
}

interface Definition<Schema extends z.ZodType, Context> {
  readonly method: Route['method'];
  readonly path: string;
  /** An object of any of `params`, `query` and `body`. */
  readonly input: Schema;
  readonly handle: (input: z.infer<Schema>, context: Context) => Promise<Answer>;
}

/** A route that anybody may call. */
export function publicRoute<Schema extends z.ZodType>(definition: Definition<Schema, Call>): Route {
  return {
    method: definition.method,
    path: definition.path,
    handle: async (request, call) => {
      const input = parseInput(definition.input, request);
      return input.kind === 'valid' ? definition.handle(input.value, call) : input.answer;
    },
  };
}

/** A route for customers with a valid session; `role` narrows it. Who is calling is settled before what is asked. */
export function customerRoute<Schema extends z.ZodType>(
  authenticate: Authenticate,
  definition: Definition<Schema, Call & { readonly identity: Identity }> & { readonly role?: 'admin' },
): Route {
  return {
    method: definition.method,
    path: definition.path,
    handle: async (request, call) => {
      const identity = await authenticate(request.headers.authorization);
      if (identity === undefined) {
        return problem('unauthenticated', 'Send `Authorization: Bearer <token>` with the token of a login.');
      }
      noteCustomer(identity.customerId);
      if (definition.role !== undefined && identity.role !== definition.role) {
        return problem('forbidden', `This needs the role ${definition.role}.`);
      }
      const input = parseInput(definition.input, request);
      if (input.kind === 'invalid') return input.answer;
      return definition.handle(input.value, { ...call, identity });
    },
  };
}

type Parsed<Value> =
  | { readonly kind: 'valid'; readonly value: Value }
  | { readonly kind: 'invalid'; readonly answer: Answer };

/** Checks a request's parts; the problem names every bad field (`body.quantity`) and never repeats its value. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  parts: { readonly params: unknown; readonly query: unknown; readonly body: unknown },
): Parsed<z.infer<Schema>> {
  const result = schema.safeParse({ params: parts.params, query: parts.query, body: parts.body });
  if (result.success) return { kind: 'valid', value: result.data };
  const errors = result.error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    // An unknown key is reported on its parent; the reader looks for the key.
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not known here' }));
    }
    return [{ field: path.join('.'), message: issue.message }];
  });
  const detail = errors.map((error) => `${error.field}: ${error.message}`).join('; ');
  return { kind: 'invalid', answer: problem('invalid-request', detail, { members: { errors } }) };
}
