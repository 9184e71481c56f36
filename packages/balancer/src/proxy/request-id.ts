import { randomBytes } from 'node:crypto';

/** Room for a UUID or a trace id; more would let a client fill the logs. */
const LENGTH_MAX = 128;
const ACCEPTED = /^[A-Za-z0-9._:+/=@-]+$/;

/** Gives each request its id: the client's own when it is fit for a log line, else a new one. */
export function createRequestIds(): (sent: string | undefined) => string {
  // Unique over restarts and over balancers side by side, and cheap per request.
  const prefix = randomBytes(6).toString('hex');
  let made = 0;
  return (sent) => {
    if (sent !== undefined && sent.length <= LENGTH_MAX && ACCEPTED.test(sent)) return sent;
    made += 1;
    return `${prefix}-${made.toString(36)}`;
  };
}
