import { messageOf } from '@stormcart/core';
import { z } from 'zod';
import type { Command, CommandAnswer } from '../../control/command.ts';
import type { ControlFile } from '../../control/control-file.ts';
import type { FaultOffer, RowDetails } from '../../control/drill-state.ts';
import { dashboardError } from './dashboard-error.ts';

/** Answers of a drill under load come late; a person at the keys waits no longer for a look. */
const LOOK_TIMEOUT_MS = 5_000;
/** A fault is verified before it is told of, and a process is waited for. */
const COMMAND_TIMEOUT_MS = 20_000;

/** What can be asked of a drill, one request each. */
export interface Questions {
  send(command: Command): Promise<CommandAnswer>;
  offers(): Promise<readonly FaultOffer[]>;
  row(name: string): Promise<RowDetails>;
}

/** Throws REFUSED with the drill's reason, or NO_ANSWER. */
export function questionsTo(control: ControlFile, signal: AbortSignal): Questions {
  const ask = async (path: string, timeoutMs: number, body?: Command): Promise<unknown> => {
    const response = await reach(control, path, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    try {
      return await response.json();
    } catch (error) {
      throw noAnswer(error);
    }
  };
  return {
    send: async (command) => (await ask('/v1/commands', COMMAND_TIMEOUT_MS, command)) as CommandAnswer,
    offers: async () => (await ask('/v1/offers', LOOK_TIMEOUT_MS)) as readonly FaultOffer[],
    row: async (name) => (await ask(`/v1/rows/${encodeURIComponent(name)}`, LOOK_TIMEOUT_MS)) as RowDetails,
  };
}

/** One request with the run's token. Throws unless it is answered with success. */
export async function reach(
  { url, token }: ControlFile,
  path: string,
  { headers, ...options }: RequestInit,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      ...options,
      redirect: 'error',
      headers: { ...(headers as Record<string, string> | undefined), authorization: `Bearer ${token}` },
    });
  } catch (error) {
    throw noAnswer(error);
  }
  if (response.ok) return response;
  throw dashboardError({
    kind: 'environment',
    code: 'REFUSED',
    message: await problemText(response),
  });
}

/** RFC 9457; anything else is told of by its status alone. */
const problemFormat = z.object({ title: z.string(), detail: z.string().optional() });

async function problemText(response: Response): Promise<string> {
  const body = problemFormat.safeParse(await response.json().catch(() => undefined));
  if (!body.success) return `the drill answered with status ${response.status}`;
  const { title, detail } = body.data;
  return detail === undefined ? title : `${title}: ${detail}`;
}

function noAnswer(error: unknown): Error {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const isLate = cause instanceof Error && cause.name === 'TimeoutError';
  return dashboardError({
    kind: 'environment',
    code: 'NO_ANSWER',
    message: isLate ? 'the drill did not answer in time' : messageOf(cause),
    cause: error,
  });
}
