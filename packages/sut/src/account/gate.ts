/** Lets a few through at a time, keeps a few waiting, and turns the rest away at once. */
export interface Gate {
  pass<Result>(action: () => Promise<Result>): Promise<Passage<Result>>;
}

type Passage<Result> = { readonly kind: 'passed'; readonly result: Result } | { readonly kind: 'full' };

export interface GateFigures {
  readonly runningMax: number;
  readonly waitingMax: number;
}

export function createGate({ runningMax, waitingMax }: GateFigures): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = (): Promise<void> => {
    if (running < runningMax) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    // The place passes straight on, so that nobody slips in between.
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    pass: async (action) => {
      if (running >= runningMax && waiting.length >= waitingMax) return { kind: 'full' };
      await enter();
      try {
        return { kind: 'passed', result: await action() };
      } finally {
        leave();
      }
    },
  };
}
