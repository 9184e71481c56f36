import type { Finding } from '@stormcart/core';
import { isDeadLetterQueue } from '../snapshot/queue-depths.ts';
import type { Poison, ShopSnapshot } from '../snapshot/shop-snapshot.ts';
import type { AuditedHistory } from './audited-history.ts';
import type { ShopInvariant } from './shop-invariant.ts';

/** A dead letter that nobody poisoned is lost work; poison that is no dead letter was swallowed. */
export const deadLetters: ShopInvariant = {
  name: 'dead-letters',
  about: 'The dead letters are the messages that were poisoned on purpose, each once, and no others.',
  judge({ history, snapshot }) {
    const injected = [...snapshot.poison, ...poisonOfFaults(history)];
    const poison = new Map(injected.map((message) => [placeOf(message), message]));
    const letters = Map.groupBy(snapshot.deadLetters, placeOf);
    const findings: Finding[] = [];
    for (const [place, found] of letters) {
      const [letter] = found;
      const what = `message ${letter?.messageId ?? 'without an id'} in ${letter?.queue ?? ''}`;
      const evidence = { letters: found, poison: poison.get(place) };
      if (!poison.has(place)) {
        findings.push({ message: `${what} could not be handled, and nobody poisoned it`, evidence });
      } else if (found.length > 1) {
        findings.push({ message: `${what} is there ${found.length} times`, evidence });
      }
    }
    for (const [place, message] of poison) {
      // Not confirmed: it may have arrived, or not.
      if (message.outcome !== 'ok' || letters.has(place)) continue;
      findings.push({
        message: `poison ${message.messageId} was taken off queue ${message.queue} and is no dead letter`,
        evidence: { poison: message },
      });
    }
    findings.push(...uncounted(snapshot));
    return { checkedCount: snapshot.deadLetters.length + injected.length, findings };
  },
};

/** The probes' poison is in the snapshot; what faults have put into queues is in the history. */
function poisonOfFaults({ faultMessages }: AuditedHistory): readonly Poison[] {
  return faultMessages.map(({ key, outcome, input }) => ({ queue: input.queue, messageId: key, outcome }));
}

/** Poison is sent to `cart` and ends in `cart.dead`. */
function placeOf({
  queue,
  messageId,
}: {
  readonly queue: string;
  readonly messageId: string | null;
}): string {
  return `${queue.replace(/\.dead$/, '')}/${messageId ?? ''}`;
}

/** More letters than were read: too many to look at, and certainly not those that were sent on purpose. */
function uncounted({ queues, deadLetters: letters }: ShopSnapshot): readonly Finding[] {
  return queues.flatMap((depth) => {
    const readCount = letters.filter(({ queue }) => queue === depth.name).length;
    if (!isDeadLetterQueue(depth.name) || depth.readyCount === readCount) return [];
    const message = `queue ${depth.name} holds ${depth.readyCount} messages, of which ${readCount} could be read`;
    return [{ message, evidence: { ...depth, readCount } }];
  });
}
