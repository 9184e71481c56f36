import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { messageOf, systemCodeOf } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';

const run = promisify(execFile);

/** RLIMIT_NOFILE: descriptors get numbers below `soft`; the process itself may raise that up to `hard`. */
export interface DescriptorLimit {
  readonly soft: number;
  readonly hard: number;
}

/** It asks the kernel one thing: a few milliseconds. */
const PRLIMIT_MS_MAX = 5_000;

/** The numbers of the descriptors that a process has open; none when it is gone. */
export async function openDescriptors(pid: number): Promise<ReadonlySet<number>> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return new Set(names.map(Number));
}

/** Undefined when the process is gone. */
export async function descriptorLimit(pid: number): Promise<DescriptorLimit | undefined> {
  const limits = await readFile(`/proc/${pid}/limits`, 'utf8').catch(() => '');
  const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(limits) ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: Number(soft), hard: Number(hard) };
}

/**
 * Changes the soft limit of a running process of one's own, with prlimit(1). Descriptors that are open stay open,
 * whatever their number; new ones get numbers below the limit.
 */
export async function setDescriptorLimit(pid: number, soft: number): Promise<void> {
  try {
    await run('prlimit', ['--pid', String(pid), `--nofile=${soft}:`], { timeout: PRLIMIT_MS_MAX });
  } catch (cause) {
    const isMissing = systemCodeOf(cause) === 'ENOENT';
    throw new ChaosError({
      kind: 'environment',
      code: 'LIMIT_NOT_SET',
      message: `the descriptor limit of process ${pid} cannot be set: ${isMissing ? 'there is no prlimit' : messageOf(cause)}`,
      ...(isMissing ? { hint: 'prlimit comes with util-linux.' } : {}),
      cause,
    });
  }
}

/** A limit under which exactly so many numbers are free, and what is open from the first on has its place. */
export function limitWithFree(open: ReadonlySet<number>, free: number): number {
  let limit = 0;
  for (let left = free; left > 0 || open.has(limit); limit += 1) {
    if (!open.has(limit)) left -= 1;
  }
  return limit;
}

/** How many descriptors could still be opened under this limit. */
export function freeBelow(open: ReadonlySet<number>, limit: number): number {
  return limit - [...open].filter((descriptor) => descriptor < limit).length;
}
