import type { Attack } from './attack.ts';
import { adminRoute } from './attacks/admin-route.ts';
import { foreignOrder } from './attacks/foreign-order.ts';
import { foreignToken } from './attacks/foreign-token.ts';
import { malformedInput } from './attacks/malformed-input.ts';
import { ownPrice } from './attacks/own-price.ts';
import { revokedToken } from './attacks/revoked-token.ts';
import { sqlText } from './attacks/sql-text.ts';
import { usedCode } from './attacks/used-code.ts';

/** Tried one after the other, again and again; those that take one request go first. */
export const attacks: readonly Attack[] = [
  foreignOrder,
  ownPrice,
  adminRoute,
  revokedToken,
  usedCode,
  sqlText,
  foreignToken,
  malformedInput,
];
