/** RFC 9110 §9.2.2: doing these twice is the same as once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Larger bodies are not worth keeping for a rare retry; a cart operation has some hundred bytes. */
const REPLAY_BYTES_MAX = 16 * 1024;

/** Keeps a request's body for as long as the request could be sent again. */
export class ReplayBuffer {
  #parts: Buffer[] = [];
  #bytes = 0;
  #isComplete: boolean;

  constructor(method: string) {
    this.#isComplete = IDEMPOTENT.has(method);
  }

  /** Whether `parts` is all that came so far, and sending it again is harmless. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get parts(): readonly Buffer[] {
    return this.#parts;
  }

  add(payload: Buffer): void {
    if (!this.#isComplete) return;
    this.#bytes += payload.length;
    if (this.#bytes > REPLAY_BYTES_MAX) {
      this.#isComplete = false;
      this.#parts = [];
    } else {
      this.#parts.push(payload);
    }
  }
}
