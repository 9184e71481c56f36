import type { MessageWriter } from './message-writer.ts';
import { type ProblemName, problemResponse, statusOf } from './problem.ts';
import type { ProxyContext } from './proxy-context.ts';
import { recordRequest } from './record-request.ts';

/** Answers what could not be read as a request: there is no exchange, and the connection ends with it. */
export function answerUnreadable(
  client: { readonly address: string; readonly writer: MessageWriter },
  name: ProblemName,
  detail: string,
  context: ProxyContext,
): void {
  const requestId = context.requestIdFor(undefined);
  const { answerFields } = context;
  const { head, body } = problemResponse(name, {
    detail,
    requestId,
    method: undefined,
    closes: true,
    answerFields,
  });
  client.writer.head(head, { kind: 'none' });
  client.writer.body(body);
  recordRequest(context, {
    startMs: context.clock.now(),
    startWallMs: context.clock.wallMs(),
    requestId,
    client: client.address,
    method: null,
    path: null,
    route: null,
    pool: null,
    backend: null,
    status: statusOf(name),
    requestBytes: 0,
    responseBytes: client.writer.messageBytes,
    retryCount: 0,
    failure: `${name}: ${detail}`,
  });
}
