import { constants } from 'node:os';

/** The reason of an abort that a person or the system asked for. */
export class Interruption extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.name = 'Interruption';
    this.signal = signal;
  }

  /** 128 + signal number, as shells do: 130 for Ctrl-C, 143 for SIGTERM. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}
