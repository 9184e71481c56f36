export interface Route<Pool> {
  readonly prefix: string;
  readonly pool: Pool;
}

export interface Router<Pool> {
  /** The route whose prefix covers the path with the most characters. */
  find(path: string): Route<Pool> | undefined;
}

/** `/api/cart` covers `/api/cart` and `/api/cart/…`; `/` covers everything. */
export function createRouter<Pool extends { readonly prefixes: readonly string[] }>(
  pools: readonly Pool[],
): Router<Pool> {
  const routes = pools
    .flatMap((pool) => pool.prefixes.map((prefix) => ({ prefix, pool })))
    .toSorted((left, right) => right.prefix.length - left.prefix.length);
  return { find: (path) => routes.find(({ prefix }) => covers(prefix, path)) };
}

function covers(prefix: string, path: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length || prefix.endsWith('/') || path[prefix.length] === '/';
}
