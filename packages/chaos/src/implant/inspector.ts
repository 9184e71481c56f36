import { messageOf, pollUntil, systemClock } from '@stormcart/core';
import { processState } from '../fault/process/process-stat.ts';
import { listeningPorts } from '../kernel/listening.ts';
import { catchesSignal, isDebugged } from '../kernel/program.ts';
import { type InspectorSession, inspectorFailed, openInspectorSession } from './inspector-session.ts';
import { lendDescriptors } from './lend-descriptors.ts';

/** The inspector listens some 15 ms after the signal. */
const POLL_MS = 5;
/** After this long without a new port, one that was there before is asked whether it is the inspector. */
const FRESH_MS = 500;
/** An inspector answers in its own thread, however busy the process is. */
const ASK_MS_MAX = 1_000;
/** Closing takes one turn of the process's loop, which a stall may hold up. */
const CLOSE_MS_MAX = 5_000;
const CLOSE_IN_NEXT_TURN = `void setImmediate(() => process.getBuiltinModule('node:inspector').close())`;

/** Who is at which process: opening and closing are not for two at once. */
const turns = new Map<number, Promise<unknown>>();

/**
 * Opens the inspector of a running Node process (SIGUSR1), works with it, and closes it again: a port through which
 * anybody on this machine could run code is not left open for longer than the work takes. Waits for a process that
 * is stopped, until the signal is aborted.
 */
export async function withInspector<Result>(
  pid: number,
  signal: AbortSignal,
  work: (session: InspectorSession) => Promise<Result>,
): Promise<Result> {
  const turn = (turns.get(pid) ?? Promise.resolve()).then(() => visit(pid, signal, work));
  const settled = turn.catch(() => undefined);
  turns.set(pid, settled);
  try {
    return await turn;
  } finally {
    if (turns.get(pid) === settled) turns.delete(pid);
  }
}

async function visit<Result>(
  pid: number,
  signal: AbortSignal,
  work: (session: InspectorSession) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const takeBack = await lendDescriptors(pid);
  try {
    const inspector = await openInspector(pid, signal);
    let session: InspectorSession | undefined;
    try {
      session = await openInspectorSession(inspector.url, signal);
      return await work(session);
    } finally {
      await closeInspector(pid, inspector, session);
    }
  } finally {
    await takeBack();
  }
}

export interface OpenInspector {
  readonly url: string;
  readonly port: number;
}

async function openInspector(pid: number, signal: AbortSignal): Promise<OpenInspector> {
  // Without a handler the signal would end the process.
  if (!(await catchesSignal(pid, 'SIGUSR1'))) {
    throw inspectorFailed(
      `process ${pid} does not open its inspector on SIGUSR1`,
      'Node does unless it was started with --disable-sigusr1.',
    );
  }
  // A stopped process would take the signal when it goes on, and open the inspector for nobody.
  await pollUntil(async () => (await processState(pid)) !== 'T', { everyMs: POLL_MS, signal });
  const before = new Set(await listeningPorts(pid));
  const freshUntilMs = systemClock.now() + FRESH_MS;
  let found: OpenInspector | undefined;
  process.kill(pid, 'SIGUSR1');
  try {
    await pollUntil(
      async () => {
        const ports = await listeningPorts(pid);
        const fresh = ports.filter((port) => !before.has(port));
        // None: it was open before, for a debugger or because somebody died at this very point.
        const candidates = fresh.length > 0 || systemClock.now() < freshUntilMs ? fresh : ports;
        found = (await Promise.all(candidates.map(askPort))).find((answer) => answer !== undefined);
        return found !== undefined;
      },
      { everyMs: POLL_MS, signal },
    );
  } catch (cause) {
    throw inspectorFailed(
      `process ${pid} opened no inspector: ${messageOf(cause)}`,
      'It takes port 9229 unless it was started with --inspect-port=127.0.0.1:0, and the port may be taken; a program with a SIGUSR1 handler of its own opens none.',
    );
  }
  if (found === undefined) throw inspectorFailed(`process ${pid} opened no inspector`);
  return found;
}

/** The inspector that listens there; undefined when what listens is none. */
export async function askPort(port: number): Promise<OpenInspector | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`, {
      signal: AbortSignal.timeout(ASK_MS_MAX),
    });
    const [target] = (await response.json()) as readonly { readonly webSocketDebuggerUrl?: unknown }[];
    const url = target?.webSocketDebuggerUrl;
    return typeof url === 'string' ? { url, port } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Has a time of its own: it must be done also when the work was cut off. Not before the loop has turned: SIGUSR1 asks for
 * the inspector twice, at once and in the loop's next turn, and what was closed in between would be opened again. And not
 * while a session is ending: Node 26.10 then dies of SIGSEGV in about one visit of a hundred (docs/decisions/0009), so
 * the session through which it is closed stays until the port is gone.
 */
async function closeInspector(
  pid: number,
  { url, port }: OpenInspector,
  session: InspectorSession | undefined,
): Promise<void> {
  if (await isDebugged(pid)) {
    session?.close();
    return;
  }
  const signal = AbortSignal.timeout(CLOSE_MS_MAX);
  const isClosed = async (): Promise<boolean> => !(await listeningPorts(pid)).includes(port);
  let last = session;
  try {
    last ??= await openInspectorSession(url, signal);
    await last.evaluate(CLOSE_IN_NEXT_TURN, signal);
    await pollUntil(isClosed, { everyMs: POLL_MS, signal });
  } catch (cause) {
    // The process may have ended, or somebody else has closed it.
    if (await isClosed()) return;
    throw inspectorFailed(
      `the inspector of process ${pid} is still open on port ${port}: ${messageOf(cause)}`,
    );
  } finally {
    last?.close();
  }
}
