import { listeningPorts, listensOnSocket } from '../kernel/listening.ts';
import { callText } from './call-text.ts';
import { askPort, withInspector } from './inspector.ts';
import { type BeginImplant, type PlantTerms, plant, uproot } from './plant.ts';

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
  { token, untilMs }: Pick<PlantTerms, 'token' | 'untilMs'>,
  signal: AbortSignal,
): Promise<void> {
  const terms: PlantTerms = { token, marker: markerOf(token), untilMs, controllerPid: process.pid };
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
 * Whether nothing is left in the process: what was planted has taken its marker down, and no inspector is open but
 * one that was there before. Seen from outside: the process is not asked, and may be stopped.
 */
export async function isFreeOf(pid: number, { token, usualPorts }: ImplantTrace): Promise<boolean> {
  if (await listensOnSocket(pid, markerOf(token))) return false;
  const fresh = (await listeningPorts(pid)).filter((port) => !usualPorts.includes(port));
  const inspectors = await Promise.all(fresh.map(askPort));
  return inspectors.every((inspector) => inspector === undefined);
}

/** What tells an implant and its inspector from all else in a process. */
export interface ImplantTrace {
  readonly token: string;
  /** Where the process listened before. */
  readonly usualPorts: readonly number[];
}

function markerOf(token: string): string {
  return `stormcart-implant-${token}`;
}
