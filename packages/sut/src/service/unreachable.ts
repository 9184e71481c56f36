/** Ends a switch over every kind of a union: the compiler refuses the call when one was forgotten. */
export function unreachable(value: never): never {
  throw new TypeError(`not a known kind: ${JSON.stringify(value)}`);
}
