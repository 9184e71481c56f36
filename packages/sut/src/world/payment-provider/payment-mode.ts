import { z } from 'zod';

/** A minute: longer than any client waits. */
export const DELAY_MS_MAX = 60_000;

const share = z.number().min(0).max(1);

/** How the provider misbehaves. Every setting at its default is a healthy provider. */
export const paymentModeSchema = z.strictObject({
  /** Before anything is decided, on every call. */
  delayMs: z.number().min(0).max(DELAY_MS_MAX).default(0),
  /** Share of new charges that are refused; seeded by the charge's key, not by the order of arrival. */
  declineShare: share.default(0),
  /**
   * Share of new captures and refunds whose answer never leaves: the money has moved, then the connection breaks.
   * A repeat of the call is answered.
   */
  loseReplyShare: share.default(0),
});

export type PaymentMode = z.infer<typeof paymentModeSchema>;
export type PaymentModeChange = z.input<typeof paymentModeSchema>;

export const healthyMode: PaymentMode = paymentModeSchema.parse({});
