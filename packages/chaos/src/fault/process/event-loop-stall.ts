import type { SystemProcess } from '@stormcart/core';
import { stallLoop } from '../../implant/stall-loop.ts';
import type { AttributeValues } from '../attribute.ts';
import { implantPart } from './implant-part.ts';
import type { ProcessPart } from './process-fault.ts';

/** Holds up the event loop of a Node process again and again. A hit is a stall. */
export function eventLoopStallPart(process: SystemProcess, { stall, every }: AttributeValues): ProcessPart {
  return implantPart(process, 'event_loop_stall', {
    begin: stallLoop,
    options: { stallMs: Number(stall), everyMs: Number(every) },
    tools: {},
  });
}
