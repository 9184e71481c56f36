import type { Confirm } from '../../keys/ui-state.ts';
import type { Box } from '../box.ts';
import { type Line, span, wrap } from '../line.ts';

const COLUMNS = 60;

export function confirmBox({ question, effect }: Confirm, columns: number): Box {
  const inner = Math.min(COLUMNS, columns - 4);
  const keys: Line = [span('y', 'title'), span(' do it   '), span('n', 'title'), span(' do not')];
  return {
    title: 'Sure?',
    lines: [...wrap(question, inner, 'strong'), [], ...wrap(effect, inner), [], keys],
    columns: COLUMNS,
  };
}
