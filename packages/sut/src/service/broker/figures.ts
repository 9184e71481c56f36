/** Bounds of a process's dealings with RabbitMQ. */
export const brokerFigures = {
  /** Seconds. A dead peer is noticed after two to three of them (measured 4.5–5.8 s); 1 s trips on a busy machine. */
  heartbeatSeconds: 2,
  /** A frozen broker still accepts connections; only this ends the wait for its greeting. */
  connectTimeoutMs: 2_000,
  reconnectMs: { first: 100, longest: 1_000 },
  /** A confirm takes some 5 ms, up to 400 ms when a queue's leader moves. After this the effect is unknown. */
  confirmTimeoutMs: 2_000,
  /** At 5 ms a confirm this is 100,000 messages a second; more waiting means that nothing comes back. */
  unconfirmedMax: 500,
  /** Messages in hand per consumer: enough to keep a database pool of ten busy. */
  prefetch: 20,
  /** Tries in hand before a message goes back to the broker: with the pauses below some 9 s. */
  attemptsInHand: 8,
  retryPauseMs: { first: 100, longest: 2_000 },
  /**
   * Deliveries before the broker sets a message aside: with the tries in hand some three minutes. It ends messages that
   * kill whoever takes them, and those that nobody else looks after.
   */
  deliveryLimit: 20,
  /** Deliveries before a message is left to whoever looks after its order anyway: some 36 s, when they have begun to. */
  deliveriesBeforeLeft: 4,
  /** A full queue refuses (the publisher's answer is "not accepted") instead of eating the broker's memory. */
  queueLengthMax: 100_000,
  /** How long a consumer that closes waits for the messages in hand; what is left is delivered again. */
  drainMs: 4_000,
} as const;
