import type { Journey, Visit } from '@stormcart/core';
import type { SecretBook, SecretKind } from './secret-book.ts';

/** Members of requests and answers whose values open or buy something. */
const SECRET_MEMBERS: Readonly<Record<string, SecretKind>> = {
  password: 'password',
  currentPassword: 'password',
  newPassword: 'password',
  token: 'session token',
  challenge: 'session token',
  sessionToken: 'session token',
  cardToken: 'card',
  cardNumber: 'card',
  secret: 'one-time code secret',
  totpSecret: 'one-time code secret',
  recoveryCode: 'recovery code',
  recoveryCodes: 'recovery code',
};

const BEARER = /^Bearer (.+)$/i;

/** How deep answers of the shop nest; deeper there is nothing of the customer's. */
const DEPTH_MAX = 3;

/** The same journey; every secret that passes through it is noted. */
export function watchSecrets(journey: Journey, book: SecretBook): Journey {
  return { ...journey, run: (visit) => journey.run(watched(visit, book)) };
}

function watched(visit: Visit, book: SecretBook): Visit {
  return {
    arrival: visit.arrival,
    get random() {
      return visit.random;
    },
    choosePopular: (count) => visit.choosePopular(count),
    pause: (ms) => visit.pause(ms),
    request: async (spec) => {
      const token = BEARER.exec(spec.headers?.['authorization'] ?? '')?.[1];
      if (token !== undefined) book.note(token, 'session token');
      noteSecretsOf(spec.body, book);
      const reply = await visit.request(spec);
      noteSecretsOf(reply.body, book);
      return reply;
    },
  };
}

/** Notes what stands in secret members of a body, sent or answered. */
export function noteSecretsOf(value: unknown, book: SecretBook, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return;
  for (const [name, member] of Object.entries(value)) {
    const kind = SECRET_MEMBERS[name];
    const texts = (Array.isArray(member) ? member : [member]).filter((text) => typeof text === 'string');
    if (kind !== undefined) for (const text of texts) book.note(text, kind);
    noteSecretsOf(member, book, depth + 1);
  }
}
