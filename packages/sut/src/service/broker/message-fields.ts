import type { ConsumeMessage } from 'amqplib';
import { TRACE_HEADER } from '../logging/trace.ts';
import { currentWork, REQUEST_ID_HEADER } from '../logging/work.ts';
import type { QueueName } from './queue.ts';

/** What a line about a message says: never its content, which may hold a card's token. */
export interface MessageFields {
  readonly queue: QueueName;
  readonly messageId: unknown;
  readonly orderId?: string;
  readonly customerId?: number;
}

/** `headers` name the work that caused it, when that is not the one under way (the relay of the outbox). */
export function messageFields(
  queue: QueueName,
  messageId: unknown,
  payload: unknown,
  headers: Readonly<Record<string, unknown>> = {},
): MessageFields & { readonly requestId?: string; readonly traceId?: string } {
  const { orderId, customerId } = (typeof payload === 'object' && payload !== null ? payload : {}) as {
    readonly orderId?: unknown;
    readonly customerId?: unknown;
  };
  const requestId = headers[REQUEST_ID_HEADER];
  const traceId = typeof headers[TRACE_HEADER] === 'string' ? headers[TRACE_HEADER].split('-')[1] : undefined;
  const isNamed = currentWork() === undefined && typeof requestId === 'string';
  return {
    queue,
    messageId,
    ...(typeof orderId === 'string' ? { orderId } : {}),
    ...(typeof customerId === 'number' ? { customerId } : {}),
    ...(isNamed ? { requestId, ...(traceId === undefined ? {} : { traceId }) } : {}),
  };
}

export function deliveryFields(queue: QueueName, { content, properties }: ConsumeMessage): MessageFields {
  const deliveries: unknown = properties.headers?.['x-delivery-count'];
  return {
    ...messageFields(queue, properties.messageId, parse(content)),
    ...(typeof deliveries === 'number' && deliveries > 0 ? { earlierDeliveries: deliveries } : {}),
  };
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    // Poison: the line names the message, and the verdict says what is wrong with it.
    return undefined;
  }
}
