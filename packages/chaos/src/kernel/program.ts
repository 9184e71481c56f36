import { readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { RUN_MARK } from '@stormcart/core';

/** The file that a process executes; undefined when it is gone, or not ours to look at. */
export function programOf(pid: number): string | undefined {
  try {
    // An update of the program takes its name away and leaves it running.
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}

/** `node`, Debian's `nodejs`, a versioned name such as `node-26`, or whatever runs this very process. */
export function isNodeProgram(program: string): boolean {
  return /^node(?:js)?(?:-?\d[\d.]*)?$/.test(basename(program)) || program === programOf(process.pid);
}

/** Whether it has a handler for the signal; without one most signals end a process. */
export async function catchesSignal(pid: number, signal: NodeJS.Signals): Promise<boolean> {
  const mask = BigInt(`0x${(await statusField(pid, 'SigCgt')) ?? '0'}`);
  return (mask & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
}

/** The CPUs that it may run on: `0-3,8`. */
export function allowedCpus(pid: number): Promise<string | undefined> {
  return statusField(pid, 'Cpus_allowed_list');
}

/** The run that a process belongs to, if it belongs to one. */
export async function runOf(pid: number): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const prefix = `${RUN_MARK}=`;
  return environment
    .split('\0')
    .find((entry) => entry.startsWith(prefix))
    ?.slice(prefix.length);
}

/** Whether it was started with an inspector that is to stay open: somebody is debugging it. */
export async function isDebugged(pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const options = /(?:^|\0)NODE_OPTIONS=([^\0]*)/.exec(environment)?.[1] ?? '';
  return [...commandLine.split('\0'), ...options.split(/\s+/)].some((option) =>
    /^--inspect(?:-brk|-wait)?(?:=|$)/.test(option),
  );
}

async function statusField(pid: number, name: string): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim();
}
