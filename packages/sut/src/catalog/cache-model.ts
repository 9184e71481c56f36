import type { FillOutcome, ProductCache } from './cache.ts';

/** What Redis and its scripts do, in memory and without expiry: what tests compare them with and build upon. */
export class CacheModel implements ProductCache {
  readonly entries = new Map<number, string>();
  readonly #leases = new Map<number, string>();
  #leaseCount = 0;

  read(id: number): Promise<string | null> {
    return Promise.resolve(this.entries.get(id) ?? null);
  }

  lease(id: number): Promise<string> {
    return Promise.resolve(this.leaseNow(id));
  }

  fill(
    id: number,
    lease: string,
    filling: { readonly version: number; readonly text: string },
  ): Promise<FillOutcome> {
    return Promise.resolve(this.fillNow(id, lease, filling));
  }

  voidOlder(id: number, version: number): Promise<void> {
    this.voidNow(id, version);
    return Promise.resolve();
  }

  leaseNow(id: number): string {
    this.#leaseCount += 1;
    const lease = this.#leases.get(id) ?? `lease-${this.#leaseCount}`;
    this.#leases.set(id, lease);
    return lease;
  }

  fillNow(
    id: number,
    lease: string,
    { version, text }: { readonly version: number; readonly text: string },
  ): FillOutcome {
    if (this.#leases.get(id) !== lease) return 'voided';
    if (this.versionAt(id) > version) return 'older';
    this.entries.set(id, text);
    return 'stored';
  }

  voidNow(id: number, version: number): void {
    this.#leases.delete(id);
    if (this.versionAt(id) < version) this.entries.delete(id);
  }

  /** All that it knew, leases included. */
  forget(): void {
    this.entries.clear();
    this.#leases.clear();
  }

  /** -1 where there is nothing, or nothing that can be read. */
  versionAt(id: number): number {
    const text = this.entries.get(id);
    if (text === undefined) return -1;
    try {
      const { version } = JSON.parse(text) as { readonly version?: unknown };
      return typeof version === 'number' ? version : -1;
    } catch {
      return -1;
    }
  }
}
