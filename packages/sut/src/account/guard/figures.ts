/** A bucket: so many at once, then so many each second. */
export interface RateLimitFigures {
  readonly burst: number;
  readonly perSecond: number;
}

/** How failures in a row are answered: some are free, then each doubles the lock up to a longest one. */
export interface LockoutFigures {
  readonly freeFailures: number;
  readonly firstLockSeconds: number;
  readonly lockSecondsMax: number;
  /** After so long without a failure the count starts over. */
  readonly forgetSeconds: number;
}

/**
 * Every rate limit of the account service. An account's own limits are tight, because only its owner has business
 * there. An address may be an office, a mobile network or a test bench with thousands of people behind it: its
 * limits stand where hashing would be exhausted anyway, and only a flood meets them.
 */
export const rateLimits = {
  /** A person logs in a few times a day; the clerk's account is shared by a shift, which may come all at once. */
  loginOfAccount: { burst: 60, perSecond: 1 },
  /** Two replicas hash some 80 passwords a second (two at a time, 50 ms each): more can only be turned away. */
  loginFromAddress: { burst: 2_000, perSecond: 100 },
  /** Half of what could be hashed, so that opening accounts in bulk leaves room for those who log in. */
  registerFromAddress: { burst: 2_000, perSecond: 40 },
  /** A code is typed by hand, and a new one appears every 30 s. */
  mfaOfAccount: { burst: 10, perSecond: 0.2 },
  /** As many as may log in, less those without a second factor. */
  mfaFromAddress: { burst: 1_000, perSecond: 50 },
  /** Answers to "is this really you" within a session: the password is asked for rarely. */
  passwordOfSession: { burst: 10, perSecond: 0.1 },
} as const satisfies Readonly<Record<string, RateLimitFigures>>;

export type RateLimitName = keyof typeof rateLimits;

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** Every lockout of the account service. */
export const lockouts = {
  /**
   * PCI DSS 4.0 requirement 8.3.4 allows ten attempts. Then 1 s, 2 s, 4 s up to a quarter of an hour, and from there on
   * under a hundred guesses a day. SP 800-63B-4 section 3.2.2 has an account closed at a hundred in a row; nobody could
   * reopen one here, and anybody can guess: the owner is never locked out for more than that quarter of an hour.
   */
  loginOfAccount: { freeFailures: 10, firstLockSeconds: 1, lockSecondsMax: 15 * MINUTE, forgetSeconds: DAY },
  /**
   * One password tried on many accounts shows only here. A thousand wrong ones in a row of quarters of an hour are no
   * office's typing errors; the longest lock stays short because everybody else behind that address shares it.
   */
  loginFromAddress: {
    freeFailures: 1_000,
    firstLockSeconds: 1,
    lockSecondsMax: MINUTE,
    forgetSeconds: 15 * MINUTE,
  },
  /** A code is one of a million, three of which are right: five free guesses, then a day allows some hundred more. */
  mfaOfAccount: { freeFailures: 5, firstLockSeconds: 5, lockSecondsMax: 15 * MINUTE, forgetSeconds: DAY },
} as const satisfies Readonly<Record<string, LockoutFigures>>;

export type LockoutName = keyof typeof lockouts;
