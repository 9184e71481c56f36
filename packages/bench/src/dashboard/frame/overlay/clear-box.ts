import type { FaultState } from '../../../control/drill-state.ts';
import type { Box } from '../box.ts';
import { faultLine } from '../faults.ts';
import { type Line, span } from '../line.ts';
import { firstShown } from '../panel.ts';
import type { View } from '../view.ts';

/** Which of the faults that are on to clear. */
export function clearBox(index: number, active: readonly FaultState[], rows: number, view: View): Box {
  const room = Math.max(rows - 2, 1);
  const first = firstShown(index, active.length, room);
  const lines = active.slice(first, first + room).map((fault, offset): Line => {
    const isChosen = first + offset === index;
    return [span(isChosen ? view.glyphs.focus : ' ', 'title'), ...faultLine(fault, view)];
  });
  return {
    title: 'Clear a fault',
    lines: lines.length === 0 ? [[span('no fault is on', 'faint')]] : lines,
    columns: 72,
  };
}
