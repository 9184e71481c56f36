import { isAlive, processIdentity } from '@stormcart/core';
import { z } from 'zod';

/** One life of one process: no later process with the same pid is meant. */
export const processRefSchema = z.strictObject({
  /** 0 would be the own group and 1 the machine's first process: neither is ever meant. */
  pid: z.int().min(2),
  identity: z.string(),
});

export type ProcessRef = Readonly<z.infer<typeof processRefSchema>>;

/** Undefined when there is no such process, or where the system does not tell lives apart (no /proc). */
export async function processRef(pid: number): Promise<ProcessRef | undefined> {
  const identity = await processIdentity(pid);
  return identity === undefined ? undefined : { pid, identity };
}

/** Whether this life goes on. A zombie's does not: it holds nothing. */
export async function isSameLife({ pid, identity }: ProcessRef): Promise<boolean> {
  return (await isAlive(pid)) && (await processIdentity(pid)) === identity;
}
