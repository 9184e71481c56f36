import type { Clock, JourneyShare, SharedJourneys } from '@stormcart/core';
import { z } from 'zod';
import { CustomerPool } from './journeys/customer-pool.ts';
import { createJourneys } from './journeys/journeys.ts';
import { StockBound, stockOfShare } from './journeys/stock-bound.ts';
import { SecretBook, secretKinds } from './secrets/secret-book.ts';
import { watchSecrets } from './secrets/watch-secrets.ts';
import { worldError } from './world-error.ts';

/** What the shop's own world must know of visits that were made elsewhere. */
const newsFormat = z.strictObject({
  /** Spellings that must be found in no log. */
  secrets: z.array(z.tuple([z.string().max(10_000), z.enum(secretKinds)])),
  /** Up to where carts must settle, by customer. */
  cartSeqs: z.array(z.tuple([z.int(), z.int().positive()])),
});

export type ShareNews = z.infer<typeof newsFormat>;

/** Throws share-news-unreadable. */
export function parseShareNews(value: unknown): ShareNews {
  const parsed = newsFormat.safeParse(value);
  if (parsed.success) return parsed.data;
  throw worldError({
    code: 'share-news-unreadable',
    message: `what was told of visits made elsewhere cannot be understood: ${z.prettifyError(parsed.error)}`,
  });
}

/** The shop's journeys for one share of a load. It has customers of its own, and no bank to ask. */
export function createShareWorld(clock: Clock, share: JourneyShare): SharedJourneys {
  const customers = new CustomerPool(undefined, share);
  const secrets = new SecretBook();
  const world = {
    clock,
    customers,
    stock: new StockBound(stockOfShare(share.of)),
    payments: { wasDeclined: () => undefined },
  };
  let secretsTold = 0;
  const seqsTold = new Map<number, number>();
  return {
    journeys: createJourneys(world).map((journey) => watchSecrets(journey, secrets)),
    news: () => {
      // In the order in which they were noted: what is new is at the end.
      const fresh = secrets.kinds.size > secretsTold ? [...secrets.kinds].slice(secretsTold) : [];
      secretsTold = secrets.kinds.size;
      const moved = [...customers.cartSeqs()].filter(([customerId, seq]) => seqsTold.get(customerId) !== seq);
      for (const [customerId, seq] of moved) seqsTold.set(customerId, seq);
      if (fresh.length + moved.length === 0) return undefined;
      return { secrets: fresh, cartSeqs: moved } satisfies ShareNews;
    },
  };
}
