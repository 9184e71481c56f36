/** One directed connection kind, written `from->to`: `orders->mariadb`, `balancer->catalog/1`. */
export interface Link {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export function linkOf(from: string, to: string): Link {
  return { name: `${from}->${to}`, from, to };
}

/** The names that a pattern such as `*->redis` or `orders->*` stands for; `*` matches any run of characters. */
export function matchNames(pattern: string, names: readonly string[]): readonly string[] {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  const expression = new RegExp(`^${source}$`);
  return names.filter((name) => expression.test(name));
}
