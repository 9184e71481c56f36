import { systemCodeOf } from '@stormcart/core';

/** Whether this says that no server runs there: whatever was only in its memory is gone with it. */
export function isAbsent(error: unknown): boolean {
  return systemCodeOf(error) === 'ECONNREFUSED';
}
