/** In rising order of urgency. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One line of any of a run's logs, or several where a program wrote one message over several. */
export interface LogEntry {
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
  readonly level: LogLevel;
  /** `orders/1`, `balancer`, `mariadb`. */
  readonly source: string;
  /** What happened, in words. */
  readonly message: string;
  /** What else a structured line carries; empty for plain text. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads one line of one format; undefined when the line is not of that format. */
export type LineFormat = (line: string) => Omit<LogEntry, 'source'> | undefined;
