/** Why connections could not be opened, and how often each. */
export type ConnectErrors = Readonly<Record<string, number>>;

/** One target fails in one or two ways; ports of this side would make each failure a way of its own. */
const KINDS_MAX = 5;
const REASON_CHARS_MAX = 200;
const OTHERS = 'other reasons';

/** Adds one set of counts to another; what is beyond a handful of reasons goes under a common name. */
export function addConnectErrors(left: ConnectErrors, right: ConnectErrors): ConnectErrors {
  const sum = new Map(Object.entries(left));
  for (const [reason, count] of Object.entries(right)) {
    const kept = reason.slice(0, REASON_CHARS_MAX);
    const name = sum.has(kept) || sum.size < KINDS_MAX ? kept : OTHERS;
    sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return Object.fromEntries(sum);
}

/** The most frequent first. */
export function connectErrorLines(errors: ConnectErrors): readonly string[] {
  return Object.entries(errors)
    .toSorted(([, left], [, right]) => right - left)
    .map(([reason, count]) => `${count} × ${reason}`);
}
