import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { acceptsConnections } from '@stormcart/core';
import { z } from 'zod';

/** How `erl_call` reaches one node, as plain JSON. The secret stays in the folder that it names. */
export const rabbitmqControl = z.strictObject({
  program: z.string().min(1),
  home: z.string().min(1),
  address: z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) }),
});

/** The node cannot be reached, or says no. */
export class RabbitmqControlError extends Error {
  /** Nothing listens there, or the folder of its secret is gone. */
  readonly isAbsent: boolean;

  constructor(message: string, isAbsent: boolean) {
    super(message);
    this.name = 'RabbitmqControlError';
    this.isAbsent = isAbsent;
  }
}

/** A call takes some 10 ms, 400 ms on a crowded machine; for longer the node is stopped. */
const CALL_SECONDS_MAX = 5;
/** Longer answers come as something else than text (Erlang's external term format ends strings at 65,535). */
const ANSWER_CHARS_MAX = 60_000;

/**
 * Evaluates an Erlang expression in the node and resolves with the text that it yields (an iolist). Rejects with a
 * `RabbitmqControlError`.
 */
export async function evaluate(
  control: z.infer<typeof rabbitmqControl>,
  expression: string,
  signal: AbortSignal,
): Promise<string> {
  const { code, stdout, stderr } = await callErlang(control, expression, signal);
  const answer = answerIn(stdout);
  if (answer !== undefined) return answer;
  const said = `${stdout}${stderr}`.trim().slice(0, SAID_CHARS_MAX);
  const reason = said === '' ? `erl_call ended with code ${code}` : said;
  throw new RabbitmqControlError(`the broker's node did not do it: ${reason}`, await isGone(control));
}

/** Enough to see what the node says of an expression that it does not like. */
const SAID_CHARS_MAX = 300;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function callErlang(
  { program, home, address }: z.infer<typeof rabbitmqControl>,
  expression: string,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const args = ['-address', `${address.host}:${address.port}`, '-h', nextName()];
    const child = spawn(program, [...args, '-timeout', String(CALL_SECONDS_MAX), '-e'], {
      env: { HOME: home, PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('latin1').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error) => reject(signal.aborted ? signal.reason : error));
    // When it has ended already, that says what went wrong.
    child.stdin.on('error', () => undefined);
    // In base64 the answer survives its way through two printers.
    child.stdin.end(`base64:encode_to_string(iolist_to_binary(${expression})).\n`);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Calls under way at a time are far fewer; the node never forgets a name, so there must not be many. */
const NAMES_MAX = 64;
let names = 0;

/**
 * By itself `erl_call` takes a name after the clock's seconds, and a node turns away a second caller with the name of one
 * that is still there: calls at the same time need names of their own, from all processes.
 */
function nextName(): string {
  names = (names + 1) % NAMES_MAX;
  return `stormcart_${process.pid}_${names}`;
}

/** `{ok, "…"}`, or `{ok, []}` for nothing. */
function answerIn(stdout: string): string | undefined {
  const [, text] = /^\{ok, (?:"([A-Za-z0-9+/=]*)"|\[\])\}\s*$/.exec(stdout) ?? [];
  if (text === undefined) return stdout.startsWith('{ok, []}') ? '' : undefined;
  return text.length > ANSWER_CHARS_MAX ? undefined : Buffer.from(text, 'base64').toString('utf8');
}

/** There are many reasons not to get through to a node; that it is not there is something that one can look at. */
async function isGone({ home, address }: z.infer<typeof rabbitmqControl>): Promise<boolean> {
  const hasSecret = await access(home).then(
    () => true,
    () => false,
  );
  return !hasSecret || !(await acceptsConnections(address.host, address.port));
}

/** An Erlang binary with this text, whatever stands in it. */
export function erlangBinary(text: string): string {
  return `<<${[...Buffer.from(text, 'utf8')].join(',')}>>`;
}
