import { createRandom } from '@stormcart/core';

/** One decided charge. Times are milliseconds since 1970. */
export type Charge = CapturedCharge | DeclinedCharge | VoidedCharge;

export interface CapturedCharge {
  readonly status: 'captured';
  readonly chargeId: string;
  readonly key: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly capturedMs: number;
}

export interface DeclinedCharge {
  readonly status: 'declined';
  readonly key: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly declinedMs: number;
}

/** Closed by the shop before anything was decided: this key will never capture. */
export interface VoidedCharge {
  readonly status: 'voided';
  readonly key: string;
  readonly orderId: string;
  readonly voidedMs: number;
}

export interface Refund {
  readonly refundId: string;
  readonly key: string;
  readonly chargeId: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly refundedMs: number;
}

export interface ChargeRequest {
  readonly key: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly cardToken: string;
}

export type LedgerAnswer<Entry> =
  | { readonly kind: 'new'; readonly entry: Entry }
  | { readonly kind: 'repeated'; readonly entry: Entry }
  /** The key belongs to another request. */
  | { readonly kind: 'keyReused'; readonly entry: Entry }
  | { readonly kind: 'unknownCharge' }
  | { readonly kind: 'full' };

/** The card that every provider's test mode knows: it is always refused. */
export const DECLINED_CARD = 'tok_declined';

/** A drill makes thousands of charges; ten times the longest plausible one still fits in memory. */
const ENTRIES_MAX = 200_000;

/** The provider's books: which money moved, by key, once. */
export class PaymentLedger {
  readonly #seed: string;
  readonly #entriesMax: number;
  readonly #charges = new Map<string, Charge>();
  readonly #refunds = new Map<string, Refund>();
  /** By charge id. */
  readonly #captured = new Map<string, CapturedCharge>();

  constructor(seed: number | string, entriesMax = ENTRIES_MAX) {
    this.#seed = String(seed);
    this.#entriesMax = entriesMax;
  }

  charge(
    request: ChargeRequest,
    declineShare: number,
    nowMs: number,
  ): Exclude<LedgerAnswer<Charge>, { kind: 'unknownCharge' }> {
    const known = this.#charges.get(request.key);
    if (known !== undefined) {
      const isSame =
        known.orderId === request.orderId &&
        (known.status === 'voided' || known.amountCents === request.amountCents);
      return { kind: isSame ? 'repeated' : 'keyReused', entry: known };
    }
    if (this.#charges.size >= this.#entriesMax) return { kind: 'full' };
    const { key, orderId, amountCents } = request;
    const isDeclined = request.cardToken === DECLINED_CARD || this.draw('decline', key, declineShare);
    const entry: Charge = isDeclined
      ? { status: 'declined', key, orderId, amountCents, declinedMs: nowMs }
      : {
          status: 'captured',
          chargeId: `ch-${this.#charges.size + 1}`,
          key,
          orderId,
          amountCents,
          capturedMs: nowMs,
        };
    this.#charges.set(key, entry);
    if (entry.status === 'captured') this.#captured.set(entry.chargeId, entry);
    return { kind: 'new', entry };
  }

  /** Closes a key for good; one that is decided already stays as it is. */
  close(
    key: string,
    orderId: string,
    nowMs: number,
  ): Exclude<LedgerAnswer<Charge>, { kind: 'unknownCharge' }> {
    const known = this.#charges.get(key);
    if (known !== undefined)
      return { kind: known.orderId === orderId ? 'repeated' : 'keyReused', entry: known };
    if (this.#charges.size >= this.#entriesMax) return { kind: 'full' };
    const entry: Charge = { status: 'voided', key, orderId, voidedMs: nowMs };
    this.#charges.set(key, entry);
    return { kind: 'new', entry };
  }

  /**
   * Gives the whole charge back, once per key. With another key it pays out again: whoever asks twice is a thief or
   * has a fault, and the books show it.
   */
  refund(chargeId: string, key: string, nowMs: number): LedgerAnswer<Refund> {
    const known = this.#refunds.get(key);
    if (known !== undefined) {
      return { kind: known.chargeId === chargeId ? 'repeated' : 'keyReused', entry: known };
    }
    const charge = this.#captured.get(chargeId);
    if (charge === undefined) return { kind: 'unknownCharge' };
    if (this.#refunds.size >= this.#entriesMax) return { kind: 'full' };
    const { orderId, amountCents } = charge;
    const refundId = `re-${this.#refunds.size + 1}`;
    const entry: Refund = { refundId, key, chargeId, orderId, amountCents, refundedMs: nowMs };
    this.#refunds.set(key, entry);
    return { kind: 'new', entry };
  }

  find(key: string): Charge | undefined {
    return this.#charges.get(key);
  }

  charges(): readonly Charge[] {
    return [...this.#charges.values()];
  }

  refunds(): readonly Refund[] {
    return [...this.#refunds.values()];
  }

  /** The same key draws the same lot for the same purpose, however many clients there are. */
  draw(purpose: string, key: string, share: number): boolean {
    return share > 0 && createRandom(`${this.#seed}/${purpose}/${key}`).chance(share);
  }
}
