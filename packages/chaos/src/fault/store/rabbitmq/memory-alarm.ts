import type { RabbitmqStore } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';
import { erlangBinary, evaluate } from '../../../store-client/rabbitmq-control.ts';
import {
  restoreRabbitmqWatermark,
  WATERMARK_TEXT,
  watermark,
} from '../../../undo/restore-rabbitmq-watermark.ts';
import { settingPart } from '../setting-part.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { countSightings } from '../tally.ts';
import { controlOf } from './control-of.ts';

/** The broker is over its memory limit: it reads no more from whoever publishes. */
export const memoryAlarm: StoreKind<RabbitmqStore> = {
  about: 'Raises the memory alarm: publishers are blocked and their confirms hang; consumers go on.',
  technologies: ['rabbitmq'],
  attributes: {},
  create: (stores, request) => stores.map((store) => memoryAlarmPart(store, request)),
};

/** Publishers stay blocked once they are, so that only those that leave in between are missed. */
const LOOK_EVERY_MS = 500;

function memoryAlarmPart(store: RabbitmqStore, { processes }: StoreRequest): StorePart {
  const control = controlOf(store, 'memory_alarm');
  return settingPart({
    store,
    processes,
    setting: 'vm_memory_high_watermark',
    kind: 'restore-rabbitmq-watermark',
    undo: restoreRabbitmqWatermark,
    read: async (signal) => {
      const text = await evaluate(control, WATERMARK_TEXT, signal);
      const parsed = watermark.safeParse(text);
      if (parsed.success) return { control, watermark: parsed.data };
      throw new ChaosError({
        kind: 'environment',
        code: 'STORE_REFUSED',
        message: `${store.name} says that its memory limit is ${text}, which could not be put back`,
      });
    },
    change: async (signal) => {
      // 0 is RabbitMQ's own word for an alarm at once, however little memory is used.
      await evaluate(control, 'begin ok = vm_memory_monitor:set_vm_memory_high_watermark(0), "" end', signal);
    },
    tally: countSightings(LOOK_EVERY_MS, async (signal) => {
      const blocked = await evaluate(control, blockedConnections(store.virtualHost), signal);
      return blocked.split(' ').filter((pid) => pid !== '');
    }),
  });
}

/** The broker blocks a connection when it publishes during the alarm, not before. */
function blockedConnections(virtualHost: string): string {
  return (
    '[[pid_to_list(Pid), " "] || Pid <- rabbit_networking:connections(), ' +
    `(catch rabbit_networking:connection_info(Pid, [vhost, state])) =:= ` +
    `[{vhost, ${erlangBinary(virtualHost)}}, {state, blocked}]]`
  );
}
