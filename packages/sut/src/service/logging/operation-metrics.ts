import { subscribe } from 'node:diagnostics_channel';
import { Histogram, type Registry } from 'prom-client';
import { type EndedOperation, endedOperations } from './operation.ts';

/** Shows calls of databases and queues under the names of OpenTelemetry's semantic conventions. */
export function showOperations(registry: Registry, buckets: readonly number[]): void {
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [registry] });
  const database = histogram('db_client_operation_duration_seconds', 'Time of a statement or command.', [
    'db_system_name',
    'db_operation_name',
    'error_type',
  ]);
  const messagingLabels = [
    'messaging_system',
    'messaging_operation_name',
    'messaging_destination_name',
    'error_type',
  ] as const;
  const sent = histogram(
    'messaging_client_operation_duration_seconds',
    'Time from a message sent to its confirm.',
    messagingLabels,
  );
  const processed = histogram(
    'messaging_process_duration_seconds',
    'Time from a delivery to its acknowledgement, tries included.',
    messagingLabels,
  );
  subscribe(endedOperations.name, (message) => {
    const { operation, seconds, errorType = '' } = message as EndedOperation;
    switch (operation.kind) {
      case 'database':
        database.observe(
          { db_system_name: operation.system, db_operation_name: operation.name, error_type: errorType },
          seconds,
        );
        return;
      case 'messaging':
        (operation.name === 'send' ? sent : processed).observe(
          {
            messaging_system: 'rabbitmq',
            messaging_operation_name: operation.name,
            messaging_destination_name: operation.queue,
            error_type: errorType,
          },
          seconds,
        );
        return;
    }
  });
}
