import type { Clock, RetryBudget } from '@stormcart/core';
import type { AccessLog } from '../access-log/access-log.ts';
import type { RequestCounts } from '../admin/request-counts.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import type { BackendPool } from '../route/backend-pool.ts';
import type { Router } from '../route/router.ts';
import type { AnswerFields } from './answer-fields.ts';

/** What all connections of a balancer share. */
export interface ProxyContext {
  readonly config: BalancerConfig;
  readonly clock: Clock;
  readonly router: Router<BackendPool>;
  readonly accessLog: AccessLog;
  readonly counts: RequestCounts;
  /** What clients speak to us. */
  readonly scheme: 'http' | 'https';
  readonly answerFields: AnswerFields;
  readonly requestIdFor: (sent: string | undefined) => string;
  /** What all requests together may be sent again. */
  readonly retryBudget: RetryBudget;
  /** True once the balancer shuts down: connections end with their present request. */
  readonly isDraining: () => boolean;
}
