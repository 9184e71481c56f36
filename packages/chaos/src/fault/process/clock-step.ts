import type { SystemProcess } from '@stormcart/core';
import { replaceDate } from '../../implant/replace-date.ts';
import { replaceTemporal } from '../../implant/replace-temporal.ts';
import { shiftClock } from '../../implant/shift-clock.ts';
import type { AttributeValues } from '../attribute.ts';
import { implantPart } from './implant-part.ts';
import type { ProcessPart } from './process-fault.ts';

/** Sets the clock of a Node process forward or back. A hit is a wrong time that was read. */
export function clockStepPart(process: SystemProcess, { by }: AttributeValues): ProcessPart {
  return implantPart(process, 'clock_step', {
    begin: shiftClock,
    options: { byMs: Number(by) },
    tools: { replaceDate, replaceTemporal },
  });
}
