import { type SupervisedChild, signalTree, systemClock } from '@stormcart/core';

/** Lets a process and its group stand still while something is tried, and for so long at least. */
export async function frozen(
  child: SupervisedChild,
  during: () => Promise<void>,
  atLeastMs = 0,
): Promise<void> {
  const pid = child.pid();
  if (pid === undefined) throw new Error(`${child.name} does not run`);
  const thawsAtMs = systemClock.now() + atLeastMs;
  signalTree(pid, 'SIGSTOP');
  try {
    await during();
    await systemClock.sleep(Math.max(0, thawsAtMs - systemClock.now()));
  } finally {
    signalTree(pid, 'SIGCONT');
  }
}

/** Kills a process and its group. */
export function kill(child: SupervisedChild | undefined): void {
  const pid = child?.pid();
  if (pid === undefined) throw new Error('what shall be killed does not run');
  signalTree(pid, 'SIGKILL');
}
