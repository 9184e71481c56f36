import { randomBytes } from 'node:crypto';
import { hashToken } from '../../src/service/authentication.ts';
import type { ShopStage } from '../shop-stage.ts';

/** As a log-in leaves it, without the service that logs in. */
export async function openSession(stage: ShopStage, email: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await stage.rows(
    `INSERT INTO session (token_hash, customer_id, expires_at)
     SELECT UNHEX(?), id, NOW(3) + INTERVAL 1 HOUR FROM customer WHERE email = ?`,
    [hashToken(token).toString('hex'), email],
  );
  return token;
}
