/** A call as text: functions as they are written, everything else as JSON. */
export function callText(called: (...given: never[]) => unknown, ...given: readonly unknown[]): string {
  return `(${String(called)})(${given.map(textOf).join(', ')})`;
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${textOf(each)}`);
  return `{ ${entries.join(', ')} }`;
}
