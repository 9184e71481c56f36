/** What a secret is, for a finding that must not repeat it. */
export type SecretKind = (typeof secretKinds)[number];
export const secretKinds = [
  'password',
  'session token',
  'card',
  'one-time code secret',
  'recovery code',
] as const;

/** A drill opens a few thousand sessions; each entry takes some 200 bytes. */
const SECRETS_MAX = 100_000;

/** Shorter ones turn up by chance: `123456` in any timestamp. */
export const SECRET_CHARS_MIN = 8;

/** Every secret that the drill's customers used: what must be found in no log. Held in memory only. */
export class SecretBook {
  readonly #kinds = new Map<string, SecretKind>();

  note(secret: string, kind: SecretKind): void {
    if (secret.length < SECRET_CHARS_MIN) return;
    // As a log would spell it: within JSON, within an address.
    for (const spelling of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
      this.noteSpelling(spelling, kind);
    }
  }

  /** As it is spelt here and no other way. */
  noteSpelling(spelling: string, kind: SecretKind): void {
    if (this.#kinds.size < SECRETS_MAX) this.#kinds.set(spelling, kind);
  }

  /** By spelling. */
  get kinds(): ReadonlyMap<string, SecretKind> {
    return this.#kinds;
  }
}
