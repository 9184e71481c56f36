import {
  type AttributeValues,
  type Clock,
  duration,
  type QuantityAttribute,
  type SwitchDescription,
  type SystemSwitch,
  share,
} from '@stormcart/core';
import { DELAY_MS_MAX, type PaymentModeChange, paymentModeSchema } from './payment-mode.ts';
import type { PaymentProvider } from './payment-provider.ts';

const shareOf = (about: string): QuantityAttribute => ({
  kind: 'quantity',
  about,
  unit: share,
  min: 0.0001,
  max: 1,
  usual: 1,
});

/** What scenarios may have the payment provider do. */
const actions = {
  decline: {
    about: 'Refuses charges, for good: its books say so, too.',
    attributes: { share: shareOf('share of the new charges') },
  },
  slow: {
    about: 'Decides and answers late, whether anybody still waits or not.',
    attributes: {
      delay: {
        kind: 'quantity',
        about: 'how long each call is held back',
        unit: duration,
        min: 1,
        max: DELAY_MS_MAX,
      },
    },
  },
  lose_reply: {
    about: 'Moves the money and breaks the connection instead of saying so; a repeat is answered.',
    attributes: { share: shareOf('share of the new captures and refunds') },
  },
} as const satisfies SwitchDescription['actions'];

export const paymentSwitch: SwitchDescription = {
  name: 'payment',
  about: 'the payment provider, which keeps its own books outside the shop',
  actions,
};

/** The provider of a running shop as scenarios see it. */
export function paymentSwitchOf(provider: PaymentProvider, clock: Clock): SystemSwitch {
  return {
    ...paymentSwitch,
    begin: async (action, attributes, forMs) => {
      const mode = paymentModeSchema.parse(modeOf(action as keyof typeof actions, attributes));
      const misbehaviour = provider.misbehave(mode);
      const cancelLease = clock.after(forMs, () => misbehaviour.end());
      return {
        end: async () => {
          cancelLease();
          misbehaviour.end();
        },
        isOver: async () => misbehaviour.isOver,
        hits: async () => misbehaviour.hitCount,
      };
    },
  };
}

function modeOf(action: keyof typeof actions, attributes: AttributeValues): PaymentModeChange {
  switch (action) {
    case 'decline':
      return { declineShare: Number(attributes['share']) };
    case 'slow':
      return { delayMs: Number(attributes['delay']) };
    case 'lose_reply':
      return { loseReplyShare: Number(attributes['share']) };
  }
}
