/**
 * What is done inside another Node process. The functions of this file, and the bodies they are given, are sent there
 * as text: they may use nothing but what Node gives to every program.
 */

/** Under what something is planted. */
export interface PlantTerms {
  /** Tells it from others in the same process. */
  readonly token: string;
  /** It ends by itself at this time of the machine's monotonic clock. */
  readonly untilMs: number;
  /** And as soon as this process is gone. */
  readonly controllerPid: number;
}

/** What a fault does inside: it has begun when this is made. */
export interface ImplantBody {
  /** Undoes it. Called once. */
  end(): void;
  /** How often it was felt. */
  count(): number;
}

/** `isOver` turns true at the end of its time; what takes long asks now and then. `tools` are functions it needs. */
export type BeginImplant<Options, Tools = Readonly<Record<string, never>>> = (
  options: Options,
  isOver: () => boolean,
  tools: Tools,
) => ImplantBody;

/** What a look into a process finds. */
export interface ImplantSight {
  /** Of what is planted and active. */
  readonly tokens: readonly string[];
  /** What the process takes for the time. */
  readonly wallMs: number;
}

export interface PlantedThing {
  readonly end: () => void;
  readonly count: () => number;
  readonly isActive: () => boolean;
}

export type PlantBed = Record<symbol, Map<string, PlantedThing> | undefined>;

/** Begins something in this process and sees to its end. */
export function plant<Options, Tools>(
  begin: BeginImplant<Options, Tools>,
  options: Options,
  tools: Tools,
  { token, untilMs, controllerPid }: PlantTerms,
): void {
  const { accessSync } = process.getBuiltinModule('node:fs');
  const { setInterval: every, setTimeout: after } = process.getBuiltinModule('node:timers');
  const bed = globalThis as unknown as PlantBed;
  const key = Symbol.for('stormcart.implants');
  const planted = bed[key] ?? new Map<string, PlantedThing>();
  bed[key] = planted;
  if (planted.has(token)) return;
  const untilNs = BigInt(Math.ceil(untilMs * 1e6));
  let hasEnded = false;
  const isOrphan = (): boolean => {
    try {
      // Needs no descriptor. A zombie has no program any more.
      accessSync(`/proc/${controllerPid}/exe`);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT';
    }
  };
  const isOver = (): boolean => hasEnded || process.hrtime.bigint() >= untilNs || isOrphan();
  const body = begin(options, isOver, tools);
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    clearInterval(watch);
    body.end();
    // The count is kept for a minute for whoever comes to collect it.
    after(() => {
      planted.delete(token);
      if (planted.size === 0 && bed[key] === planted) delete bed[key];
    }, 60_000).unref();
  };
  // 50 ms: soon enough after a death, and no work to speak of.
  const watch = every(() => {
    if (isOver()) end();
  }, 50).unref();
  planted.set(token, { end, count: () => body.count(), isActive: () => !hasEnded });
}

/** Ends what was planted and takes it away; how often it was felt. Does nothing where there is nothing. */
export function uproot(token: string): number {
  const bed = globalThis as unknown as PlantBed;
  const key = Symbol.for('stormcart.implants');
  const planted = bed[key];
  const thing = planted?.get(token);
  thing?.end();
  planted?.delete(token);
  if (planted?.size === 0) delete bed[key];
  return thing?.count() ?? 0;
}

export function lookAround(): ImplantSight {
  const bed = globalThis as unknown as PlantBed;
  const planted = bed[Symbol.for('stormcart.implants')] ?? new Map<string, PlantedThing>();
  return {
    tokens: [...planted].filter(([, thing]) => thing.isActive()).map(([token]) => token),
    wallMs: new Date().getTime(),
  };
}
