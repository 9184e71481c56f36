import { type Logger, pino } from 'pino';
import { redact } from './redaction.ts';

/** JSON lines on standard output, with the service's name and instance on each. */
export function createLog(
  environment: { readonly SHOP_SERVICE: string; readonly SHOP_INSTANCE: number },
  destination?: { write(line: string): void },
): Logger {
  const options = {
    base: { service: environment.SHOP_SERVICE, instance: environment.SHOP_INSTANCE },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // On the finished line, so that messages and stacks are covered too: a log must never open an account.
    hooks: { streamWrite: redact },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
