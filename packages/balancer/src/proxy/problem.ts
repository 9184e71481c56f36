import type { AnswerFields } from './answer-fields.ts';
import type { MessageWriter } from './message-writer.ts';

/** Answers that the balancer gives itself. */
export type ProblemName =
  | 'bad-request'
  | 'request-timeout'
  | 'body-too-large'
  | 'head-too-large'
  | 'no-route'
  | 'connect-method'
  | 'bad-gateway'
  | 'no-backend'
  | 'overloaded'
  | 'backend-timeout'
  | 'http-version';

interface Problem {
  readonly status: number;
  readonly reason: string;
  readonly title: string;
}

/** Soon enough for a drill, long enough for an ejected back end to be probed (one second). */
const RETRY_AFTER_S = 1;

const PROBLEMS: Readonly<Record<ProblemName, Problem>> = {
  'bad-request': { status: 400, reason: 'Bad Request', title: 'The request is malformed' },
  'no-route': { status: 404, reason: 'Not Found', title: 'No service answers this path' },
  'request-timeout': { status: 408, reason: 'Request Timeout', title: 'The request came too slowly' },
  'body-too-large': { status: 413, reason: 'Content Too Large', title: 'The request body is too large' },
  'head-too-large': {
    status: 431,
    reason: 'Request Header Fields Too Large',
    title: 'The request header is too large',
  },
  'connect-method': { status: 501, reason: 'Not Implemented', title: 'CONNECT is not offered' },
  'bad-gateway': { status: 502, reason: 'Bad Gateway', title: 'The service broke off' },
  'no-backend': { status: 503, reason: 'Service Unavailable', title: 'No instance of the service is up' },
  overloaded: { status: 503, reason: 'Service Unavailable', title: 'The service has too much to do' },
  'backend-timeout': { status: 504, reason: 'Gateway Timeout', title: 'The service did not answer in time' },
  'http-version': {
    status: 505,
    reason: 'HTTP Version Not Supported',
    title: 'Only HTTP/1.1 is spoken here',
  },
};

export function statusOf(name: ProblemName): number {
  return PROBLEMS[name].status;
}

export interface ProblemOptions {
  readonly detail: string;
  readonly requestId: string;
  /** HEAD is answered without the body that GET would get. */
  readonly method: string | undefined;
  readonly closes: boolean;
  readonly answerFields: AnswerFields;
}

/** Writes a complete response (RFC 9457 problem details). */
export function writeProblem(writer: MessageWriter, name: ProblemName, options: ProblemOptions): void {
  const { status, reason, title } = PROBLEMS[name];
  const body = Buffer.from(
    JSON.stringify({ type: `urn:stormcart:problem:${name}`, title, status, detail: options.detail }),
  );
  const head =
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\n` +
    `Content-Length: ${body.length}\r\nX-Request-Id: ${options.requestId}\r\nCache-Control: no-store\r\n` +
    options.answerFields.text +
    (status === 503 ? `Retry-After: ${RETRY_AFTER_S}\r\n` : '') +
    `${options.closes ? 'Connection: close\r\n' : ''}\r\n`;
  writer.head(head, { kind: 'none' });
  writer.body(options.method === 'HEAD' ? Buffer.alloc(0) : body);
}
