import type { MessageWriter } from './message-writer.ts';
import { type ProblemName, statusOf, writeProblem } from './problem.ts';
import type { ProxyContext } from './proxy-context.ts';
import { RequestRecord } from './request-record.ts';

/** Answers what could not be read as a request: there is no exchange, and the connection ends with it. */
export function answerUnreadable(
  client: { readonly address: string; readonly writer: MessageWriter },
  name: ProblemName,
  detail: string,
  context: ProxyContext,
): void {
  const record = new RequestRecord(context, client.address, undefined);
  const { requestId } = record;
  const { answerFields } = context;
  writeProblem(client.writer, name, { detail, requestId, method: undefined, closes: true, answerFields });
  record.close({
    backend: null,
    status: statusOf(name),
    requestBytes: 0,
    responseBytes: client.writer.messageBytes,
    retryCount: 0,
    failure: `${name}: ${detail}`,
  });
}
