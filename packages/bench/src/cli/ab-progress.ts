import type { AbHead } from '../compare/ab/ab-record.ts';
import type { PairsEvent } from '../compare/ab/run-pairs.ts';
import type { Terminal } from './terminal.ts';

/**
 * Says how far it is: each run on a terminal, each look everywhere. Not what the figures are so far: whoever watches
 * them stops when they look right, and that spoils the confidence.
 */
export function abProgress(
  terminal: Terminal,
  { sides, planned }: Pick<AbHead, 'sides' | 'planned'>,
): (event: PairsEvent) => void {
  const { bold, dim } = terminal.messageStyle;
  const { pairCounts } = planned;
  terminal.message(`${bold('a')}  ${sides.a}`);
  terminal.message(`${bold('b')}  ${sides.b}`);
  terminal.message(dim(`looks after ${pairCounts.join(', ')} pairs`));
  let lookCount = 0;
  return (event) => {
    switch (event.kind) {
      case 'run': {
        const text = `pair ${event.pair} of at most ${pairCounts.at(-1)}: ${event.side}`;
        if (terminal.isInteractive) terminal.status(text);
        else if (event.place === 1) terminal.message(`pair ${event.pair} of at most ${pairCounts.at(-1)}`);
        return;
      }
      case 'pair': {
        const last = event.outcome.pairs.at(-1);
        const spoiledBy = last?.a.spoiledBy ?? last?.b.spoiledBy;
        if (spoiledBy !== undefined) terminal.message(`pair ${last?.pair} is left out: ${spoiledBy}`);
        return;
      }
      case 'look': {
        lookCount += 1;
        const next = pairCounts[lookCount];
        const then =
          event.look.verdict !== 'inconclusive' || next === undefined ? '' : `; next look after ${next}`;
        terminal.message(`after ${event.look.pairCount} pairs: ${event.look.verdict}${then}`);
      }
    }
  };
}
