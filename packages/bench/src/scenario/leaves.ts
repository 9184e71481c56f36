/** Plain data as its leaves by path: `{load: {stages: [{forMs: 5}]}}` is `load.stages[0].forMs` → `5`. */
export type Leaves = Readonly<Record<string, string>>;

export function leavesOf(value: unknown): Leaves {
  const leaves: Record<string, string> = {};
  collect(value, '', leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Record<string, string>): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => collect(item, `${path}[${index}]`, leaves));
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, path === '' ? key : `${path}.${key}`, leaves);
    }
    return;
  }
  leaves[path] = typeof value === 'string' ? value : JSON.stringify(value);
}
