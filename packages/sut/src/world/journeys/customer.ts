/** An open session. The token stays in here: it never enters a history or a report. */
export interface Session {
  readonly customerId: number;
  readonly token: string;
}

/** One customer of the drill and what they remember between visits. In one visit at a time. */
export class Customer {
  readonly email: string;
  readonly password: string;
  /** What their last settled cart showed: product id → quantity. */
  knownCart: ReadonlyMap<number, number> = new Map();
  #session: Session | undefined;
  #customerId: number | undefined;
  #sentSeq = 0;
  #acknowledgedSeq = 0;

  constructor(email: string, password: string) {
    this.email = email;
    this.password = password;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** Known since the first login, also without a session. */
  get customerId(): number | undefined {
    return this.#customerId;
  }

  openSession(session: Session): void {
    this.#session = session;
    this.#customerId = session.customerId;
  }

  forgetSession(): void {
    this.#session = undefined;
  }

  /** Rises by one with each cart operation, also where the one before got no answer. */
  nextSeq(): number {
    this.#sentSeq += 1;
    return this.#sentSeq;
  }

  acknowledge(seq: number): void {
    this.#acknowledgedSeq = Math.max(this.#acknowledgedSeq, seq);
  }

  /** The highest acknowledged cart operation, 0 before the first. */
  get acknowledgedSeq(): number {
    return this.#acknowledgedSeq;
  }
}
