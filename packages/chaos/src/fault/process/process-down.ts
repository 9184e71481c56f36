import { ChaosError } from '../../chaos-error.ts';

/** There is no process to do something to. */
export function processDown(name: string, action: string): ChaosError {
  return new ChaosError({
    kind: 'environment',
    code: 'PROCESS_DOWN',
    message: `cannot ${action} ${name}: it is not running`,
    hint: `Its own log says why; a fault that is to hit it must wait until it is ready.`,
  });
}
