import { type Logger, pino } from 'pino';
import { createLineBuffer, type LineBuffer } from './logging/line-buffer.ts';
import { standardOutput } from './logging/standard-output.ts';
import { currentWork, workFields } from './logging/work.ts';
import { redact } from './redaction.ts';

export interface LogOwner {
  readonly SHOP_SERVICE: string;
  readonly SHOP_INSTANCE: number;
}

/** JSON lines, with the service's name and instance on each, and the request or message that it is part of. */
export function createLog(environment: LogOwner, destination: { write(line: string): void }): Logger {
  const options = {
    base: { service: environment.SHOP_SERVICE, instance: environment.SHOP_INSTANCE },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => workFields(currentWork()),
    // On the finished line, so that messages and stacks are covered too: a log must never open an account.
    hooks: { streamWrite: redact },
  };
  return pino(options, destination);
}

/** The buffer between a process's log and its standard output; there is one of it. */
export function openLogOutput(owner: () => LogOwner): LineBuffer {
  return createLineBuffer(standardOutput(), (droppedCount) => {
    const { SHOP_SERVICE: service, SHOP_INSTANCE: instance } = owner();
    const time = new Date().toISOString();
    const line = { level: 'warn', time, service, instance, droppedCount, msg: 'log lines dropped' };
    return `${JSON.stringify(line)}\n`;
  });
}
