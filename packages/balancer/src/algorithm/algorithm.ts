/** What an algorithm may know of a back end. */
export interface Candidate {
  readonly name: string;
  /** A share relative to the others; 1 or more. */
  readonly weight: number;
  /** Requests handed to it that have not ended. */
  readonly inFlight: number;
}

/** What an algorithm may know of a request. */
export interface PickRequest {
  /** IPv4 or IPv6 literal, without a port. */
  readonly clientAddress: string;
}

/**
 * Chooses who answers a request. Decides from its arguments and its own earlier picks alone: no
 * clock, no randomness, no sockets. One instance per pool.
 */
export interface Algorithm {
  /** `candidates` are those in rotation, in the order of the configuration; undefined when there are none. */
  pick<Backend extends Candidate>(candidates: readonly Backend[], request: PickRequest): Backend | undefined;
}
