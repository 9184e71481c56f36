import { abortFault } from './abort.ts';
import { cutBodyFault } from './cut-body.ts';
import { delayFault } from './delay.ts';
import type { HttpFaultKind } from './http-fault-kind.ts';
import { loseReplyFault } from './lose-reply.ts';
import { wrongBodyFault } from './wrong-body.ts';

/** Every kind of fault on HTTP by the name that scenarios and the control API use. */
export const httpFaultTable = {
  abort: abortFault,
  delay: delayFault,
  wrong_body: wrongBodyFault,
  cut_body: cutBodyFault,
  lose_reply: loseReplyFault,
} as const satisfies Readonly<Record<string, HttpFaultKind>>;

export type HttpFaultName = keyof typeof httpFaultTable;

export const httpFaultNames = Object.keys(httpFaultTable) as readonly HttpFaultName[];
