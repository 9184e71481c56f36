/** What is known about an order and its customer when it is paid. */
export interface FraudFacts {
  readonly totalCents: number;
  /** Orders that the customer made within the velocity window, this one not counted. */
  readonly recentOrders: number;
  /** Earlier orders that were paid, and what they came to on average. */
  readonly paidOrders: number;
  readonly paidAverageCents: number;
}

export type FraudReason = 'velocity' | 'amount' | 'mismatch';

export interface FraudScore {
  /** 0 to 180; at or above the limit somebody looks at the order. */
  readonly points: number;
  readonly reasons: readonly FraudReason[];
}

/** Every figure of the rules, with its reason. */
export const fraudFigures = {
  /** Long enough to see a burst, short enough to forget a busy Saturday. */
  velocityWindowSeconds: 600,
  /** A person places a few orders in ten minutes; twenty is a script or a shop assistant. */
  velocityOrders: 20,
  /** 5,000.00: above it most people would call the customer first anyway. */
  amountCents: 500_000,
  /** An order of ten times the usual is no habit any more. */
  mismatchFactor: 10,
  /** Fewer paid orders than this are no habit to compare with. */
  mismatchOrders: 3,
  /** A rule that is broken threefold counts double: it is enough by itself. */
  grossFactor: 3,
  /** The rules' weights; two of them, or a gross one, reach the limit. */
  points: { velocity: 30, amount: 30, mismatch: 30 },
  reviewPoints: 60,
  /** How far back a customer's habits are looked for, and in how many of the newest orders. */
  historyOrders: 100,
} as const;

/** Adds up the rules that an order breaks. */
export function scoreOrder(facts: FraudFacts): FraudScore {
  const { points, grossFactor } = fraudFigures;
  const reasons: FraudReason[] = [];
  let sum = 0;
  for (const [reason, share] of Object.entries(excesses(facts)) as [FraudReason, number][]) {
    if (share <= 1) continue;
    reasons.push(reason);
    sum += points[reason] * (share > grossFactor ? 2 : 1);
  }
  return { points: sum, reasons };
}

/** How far each rule is used up: above 1 it is broken. */
function excesses(facts: FraudFacts): Readonly<Record<FraudReason, number>> {
  const figures = fraudFigures;
  const hasHabit = facts.paidOrders >= figures.mismatchOrders && facts.paidAverageCents > 0;
  return {
    velocity: facts.recentOrders / figures.velocityOrders,
    amount: facts.totalCents / figures.amountCents,
    mismatch: hasHabit ? facts.totalCents / (facts.paidAverageCents * figures.mismatchFactor) : 0,
  };
}
