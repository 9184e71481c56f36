import { z } from 'zod';
import { evaluate, RabbitmqControlError, rabbitmqControl } from '../store-client/rabbitmq-control.ts';
import type { Undo } from './undo.ts';

/** An Erlang term as the broker prints it: `0.4`, `{absolute,268435456}`, `{absolute,"256MiB"}`. It is evaluated again. */
export const watermark = z
  .string()
  .max(100)
  .regex(/^(?:\d+(?:\.\d+)?(?:e-?\d+)?|\{(?:absolute|relative),(?:\d+(?:\.\d+)?(?:e-?\d+)?|"[\w.]+")\})$/);

const details = z.strictObject({ control: rabbitmqControl, watermark });

/** What a broker says its memory limit is, printed as it would be read. */
export const WATERMARK_TEXT = 'io_lib:format("~0p", [vm_memory_monitor:get_vm_memory_high_watermark()])';

/** Sets the memory limit of a broker's node to what it was. It lives in the node's memory and ends with it. */
export const restoreRabbitmqWatermark: Undo<z.infer<typeof details>> = {
  details,
  about: ({ control, watermark: value }) =>
    `set vm_memory_high_watermark to ${value} in RabbitMQ's node at ${control.address.host}:${control.address.port}`,
  revert: async ({ control, watermark: value }, signal) => {
    try {
      await evaluate(
        control,
        `begin ok = vm_memory_monitor:set_vm_memory_high_watermark(${value}), "" end`,
        signal,
      );
    } catch (error) {
      if (!isNodeAbsent(error)) throw error;
    }
  },
  isGone: async ({ control, watermark: value }, signal) => {
    try {
      return (await evaluate(control, WATERMARK_TEXT, signal)) === value;
    } catch (error) {
      if (isNodeAbsent(error)) return true;
      throw error;
    }
  },
};

function isNodeAbsent(error: unknown): boolean {
  return error instanceof RabbitmqControlError && error.isAbsent;
}
