import type { FaultKind } from '../attribute.ts';

/** `action:` of a scenario's process fault. */
export const processFaultKinds = {
  kill: { about: 'SIGKILL; whoever supervises the process starts it again.', attributes: {} },
  pause: { about: 'SIGSTOP, and SIGCONT at the end.', attributes: {} },
  restart: { about: 'Ends the process politely and starts it again.', attributes: {} },
} as const satisfies Record<string, FaultKind>;

export type ProcessFaultName = keyof typeof processFaultKinds;
