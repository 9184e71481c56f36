import type { FaultWindow } from '../../measure/phase.ts';
import type { SliceTrack } from '../../measure/slices.ts';

const HEAD = 'start_ms,end_ms,planned,ok,answered,state,faults';

/** `slices.csv` (RFC 4180): the availability's slices, each with what it was judged by. */
export function slicesCsv(
  track: SliceTrack & { readonly up: readonly boolean[] },
  faults: readonly FaultWindow[],
): string {
  const rows = track.slices.map(({ planned, ok, answered }, place) => {
    const startMs = track.startMs + place * track.sliceMs;
    const endMs = Math.min(startMs + track.sliceMs, track.endMs);
    const active = faults
      .filter((fault) => fault.startMs < endMs && startMs < fault.endMs)
      .map(({ id }) => id);
    const state = track.up[place] === true ? 'up' : 'down';
    return [rounded(startMs), rounded(endMs), planned, ok, answered, state, field(active.join(' '))].join(
      ',',
    );
  });
  return [HEAD, ...rows, ''].join('\r\n');
}

/** A slice's length times its number may end in binary noise. */
function rounded(ms: number): number {
  return Number(ms.toFixed(3));
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
