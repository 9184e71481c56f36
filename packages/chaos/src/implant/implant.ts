import { withInspector } from './inspector.ts';
import { type BeginImplant, type ImplantSight, lookAround, type PlantTerms, plant, uproot } from './plant.ts';

/** What happens inside a Node process. */
export interface Implant<Options, Tools> {
  /** Sent as text, like its tools. */
  readonly begin: BeginImplant<Options, Tools>;
  readonly options: Options;
  /** Functions that `begin` uses. */
  readonly tools: Tools;
}

/** Plants something in a running Node process. It ends by itself at its time, or when this process ends. */
export async function plantIn<Options, Tools>(
  pid: number,
  { begin, options, tools }: Implant<Options, Tools>,
  given: Omit<PlantTerms, 'controllerPid'>,
  signal: AbortSignal,
): Promise<void> {
  const terms: PlantTerms = { ...given, controllerPid: process.pid };
  await withInspector(pid, signal, (session) =>
    session.evaluate(callText(plant, begin, options, tools, terms), signal),
  );
}

/** Ends it and takes it away; how often it was felt. */
export async function uprootFrom(pid: number, token: string, signal: AbortSignal): Promise<number> {
  return withInspector(pid, signal, async (session) =>
    Number(await session.evaluate(callText(uproot, token), signal)),
  );
}

/**
 * Looks into the process: whether it is not planted there any more, the event loop turns, and the time is the time
 * again. Something else that is planted may hold up the loop or shift the time; then that is not asked.
 */
export async function isFreeOf(pid: number, token: string, signal: AbortSignal): Promise<boolean> {
  return withInspector(pid, signal, async (session) => {
    const beforeMs = Date.now();
    const { tokens, wallMs } = (await session.evaluate(callText(lookAround), signal)) as ImplantSight;
    if (tokens.length > 0) return !tokens.includes(token);
    await session.turn(signal);
    return wallMs > beforeMs - SLEW_MS && wallMs < Date.now() + SLEW_MS;
  });
}

/** How far the machine's own clock may be corrected between two readings. */
const SLEW_MS = 50;

/** A call as text: functions as they are written, everything else as JSON. */
function callText(called: (...given: never[]) => unknown, ...given: readonly unknown[]): string {
  return `(${String(called)})(${given.map(textOf).join(', ')})`;
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${textOf(each)}`);
  return `{ ${entries.join(', ')} }`;
}
