import type { RetryBudgetFigures } from '@stormcart/core';

/**
 * All requests of a balancer together: one retry in ten requests, and ten a second beside that, saved for ten seconds
 * at most (the reserve of Finagle's RetryBudget; its 20 % would be a fifth more load on services in trouble).
 */
export const retryFigures: RetryBudgetFigures = { share: 0.1, perSecondMin: 10, keptMs: 10_000 };
