/** Whose move it is when something fails; the CLI turns it into an exit code. */
export type FailureKind =
  /** The user asked for something that cannot be done as written (exit 2). */
  | 'usage'
  /** The machine lacks something or refused something (exit 4). */
  | 'environment'
  /** Stormcart itself broke a promise (exit 4). */
  | 'internal';

export interface AppErrorOptions<Code extends string> {
  readonly kind: FailureKind;
  readonly code: Code;
  readonly message: string;
  /** What the reader can do about it, as one or more lines to read or type. */
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error class. Expected outcomes (a timeout, a 503) are data and never thrown;
 * this is for broken promises and bad configuration. Each package narrows `Code` to a literal union.
 */
export class AppError<Code extends string = string> extends Error {
  readonly kind: FailureKind;
  readonly code: Code;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: AppErrorOptions<Code>) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.kind = options.kind;
    this.code = options.code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** The message of anything that was thrown, without its stack. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((inner) => messageOf(inner)).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

/** The `code` that Node's system errors carry (`ECONNREFUSED`), or undefined. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
