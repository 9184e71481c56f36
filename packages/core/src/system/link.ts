/** What a link carries: plain HTTP/1.1, HTTP inside TLS, or something else on TCP. */
export type LinkProtocol = 'http' | 'https' | 'tcp';

/** One directed connection kind, written `from->to`: `orders->mariadb`, `balancer->catalog/1`. */
export interface Link {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: LinkProtocol;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export function linkOf(from: string, to: string, protocol: LinkProtocol = 'tcp'): Link {
  return { name: `${from}->${to}`, from, to, protocol };
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
