import type { ShareOutcome } from '../share/share-outcome.ts';
import type { MusterOptions } from './agent-run.ts';
import { musterAgents } from './muster-agents.ts';

/**
 * Shares out a load to agents on other machines and waits for what they have measured. As soon as one is lost, the
 * others stop. Throws what `musterAgents` throws.
 */
export async function runAgents(options: Omit<MusterOptions, 'onBatch'>): Promise<readonly ShareOutcome[]> {
  const agents = await musterAgents(options);
  try {
    return await agents.follow();
  } finally {
    await agents.close();
  }
}
