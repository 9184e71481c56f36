import { readFile } from 'node:fs/promises';
import { processIdentity } from '@stormcart/core';

/** The kernel's letter for what a process does (`R`, `S`, `T` stopped, `Z` ended); undefined when it is gone. */
export async function processState(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name before it is in brackets and may hold brackets and spaces itself.
  return stat?.charAt(stat.lastIndexOf(')') + 2);
}

/** Whether a process in this state runs no more: it is gone, or a zombie that waits for its parent. */
export function hasEnded(state: string | undefined): boolean {
  return state === undefined || state === 'Z' || state === 'X';
}

/** Whether this very process runs no more: it has ended, or its pid is another's by now. */
export async function isOver(pid: number, identity: string): Promise<boolean> {
  return (await processIdentity(pid)) !== identity || hasEnded(await processState(pid));
}
