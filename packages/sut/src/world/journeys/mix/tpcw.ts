import type { MixDescription } from '@stormcart/core';

/**
 * Shares of the 14 web interactions in percent, as TPC-W 1.8 (TPC, 2002) prescribes them in clause 5.2.1: of the
 * browsing, the shopping and the ordering mix. Compared with two implementations: `dcs::perfeval`
 * (`workload/enterprise/tpcw/user_interaction_mix.hpp`, University of Piemonte Orientale, 2010) has the same 42 numbers;
 * the transition tables of Java TPC-W (`rbe/EBTPCW{1,2,3}Factory.java`, University of Wisconsin, 2000) come to rest on
 * the first and the third column within 0.01 points, and within half a point on the second.
 */
const INTERACTION_PERCENT = {
  home: [29, 16, 9.12],
  newProducts: [11, 5, 0.46],
  bestSellers: [11, 5, 0.46],
  productDetail: [21, 17, 12.35],
  searchRequest: [12, 20, 14.53],
  searchResults: [11, 17, 13.08],
  shoppingCart: [2, 11.6, 13.53],
  customerRegistration: [0.82, 3, 12.86],
  buyRequest: [0.75, 2.6, 12.73],
  buyConfirm: [0.69, 1.2, 10.18],
  orderInquiry: [0.3, 0.75, 0.25],
  orderDisplay: [0.25, 0.66, 0.22],
  adminRequest: [0.1, 0.1, 0.12],
  adminConfirm: [0.09, 0.09, 0.11],
} as const;

type Interaction = keyof typeof INTERACTION_PERCENT;

interface JourneyShare {
  /** What this journey does for TPC-W's customers. */
  readonly interactions: readonly Interaction[];
  /** Requests of one visit to a shop where all is well; `tpcw.test.ts` counts them. */
  readonly requestsPerVisit: number;
}

/**
 * TPC-W counts interactions, a mix counts visits: a journey's weight is its interactions' share divided by what one
 * visit requests. So the shares of requests are TPC-W's: 5, 20 and 50 % of them order. Pages that show products are
 * all `browse`; the clerk's part, which TPC-W calls administration, is in `checkout`.
 */
const JOURNEY_SHARES: Readonly<Record<string, JourneyShare>> = {
  browse: { interactions: ['home', 'newProducts', 'bestSellers', 'productDetail'], requestsPerVisit: 1 },
  search: { interactions: ['searchRequest', 'searchResults'], requestsPerVisit: 1 },
  cart: { interactions: ['shoppingCart'], requestsPerVisit: 2.67 },
  checkout: {
    interactions: [
      'buyRequest',
      'buyConfirm',
      'orderInquiry',
      'orderDisplay',
      'adminRequest',
      'adminConfirm',
    ],
    requestsPerVisit: 6.09,
  },
  register: { interactions: ['customerRegistration'], requestsPerVisit: 2 },
};

/** TPC-W's three mixes, in the shop's journeys. */
export const tpcwMixes: readonly MixDescription[] = [
  { name: 'tpcw-browsing', about: 'TPC-W: 95 % browse, 5 % order.', weights: weightsOf(0) },
  { name: 'tpcw-shopping', about: 'TPC-W: 80 % browse, 20 % order.', weights: weightsOf(1) },
  { name: 'tpcw-ordering', about: 'TPC-W: half browse, half order.', weights: weightsOf(2) },
];

function weightsOf(mix: 0 | 1 | 2): Readonly<Record<string, number>> {
  const weights = Object.entries(JOURNEY_SHARES).map(([journey, { interactions, requestsPerVisit }]) => {
    const percent = interactions.reduce((sum, name) => sum + INTERACTION_PERCENT[name][mix], 0);
    // Three decimals are finer than TPC-W's own, and can be read in a report.
    return [journey, Number((percent / requestsPerVisit).toFixed(3))] as const;
  });
  return Object.fromEntries(weights);
}
