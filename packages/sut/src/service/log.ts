import { type Logger, pino } from 'pino';

/** Wherever one of these appears in a log object its value is replaced: a line of log must never open an account. */
const SECRET_KEYS = ['password', 'token', 'cardToken', 'authorization', 'cookie'];

/** JSON lines on standard output, with the service's name and instance on each. */
export function createLog(
  environment: { readonly SHOP_SERVICE: string; readonly SHOP_INSTANCE: number },
  destination?: { write(line: string): void },
): Logger {
  const options = {
    base: { service: environment.SHOP_SERVICE, instance: environment.SHOP_INSTANCE },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[secret]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
