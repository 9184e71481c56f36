import { formatSpan, plural } from '../report/format.ts';
import type { ShareProgress } from '../share/run-share.ts';
import type { Terminal } from './terminal.ts';

/** One status line for all shares of a load. */
export interface LoadProgress {
  readonly onProgress: (index: number, progress: ShareProgress) => void;
  readonly close: () => void;
}

const SHOWN_EVERY_MS = 500;

export function showLoadProgress(terminal: Terminal, totalMs: number): LoadProgress {
  const shares = new Map<number, ShareProgress>();
  const timer = setInterval(() => {
    if (shares.size === 0) return;
    const [answers, ok] = [sumOf(shares, 'answers'), sumOf(shares, 'ok')];
    const elapsed = formatSpan(Math.max(...[...shares.values()].map(({ atMs }) => atMs)));
    terminal.status(`${elapsed} of ${formatSpan(totalMs)}  ${plural(answers, 'answer')}, ${ok} ok`);
  }, SHOWN_EVERY_MS);
  return {
    onProgress: (index, progress) => {
      shares.set(index, progress);
    },
    close: () => clearInterval(timer),
  };
}

function sumOf(shares: ReadonlyMap<number, ShareProgress>, key: 'answers' | 'ok'): number {
  return [...shares.values()].reduce((sum, share) => sum + share[key], 0);
}
