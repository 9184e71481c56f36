import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive, pidsOfRun } from '../src/index.ts';

const LONG = { timeout: 30_000, interval: 20 };

let folder: string;
let runId: string;
let controller: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stormcart-reaper-'));
  runId = `test-${folder.slice(-6)}`;
});
afterEach(async () => {
  controller.kill('SIGKILL');
  await expect.poll(reapers, LONG).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the controller until it has started its child; returns every pid of the run. */
async function startController(then: 'wait' | 'close'): Promise<readonly number[]> {
  const program = fileURLToPath(new URL('./controller-process.ts', import.meta.url));
  controller = spawn(process.execPath, [program, runId, then, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (controller.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: controller.stdout })) {
    const { all } = JSON.parse(line) as { readonly all: readonly number[] };
    return all;
  }
  throw new Error('the controller said nothing');
}

/** The reapers of this run, by their command line. */
function reapers(): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const args = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
        return args.includes(runId) && args.some((arg) => arg.endsWith('reaper-main.ts'));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Whether it has set up its own signal handlers: Node itself catches SIGINT and SIGTERM, never SIGHUP (bit 0). */
function handlesSignals(pid: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & 1n) !== 0n;
}

async function isEverythingGone(pids: readonly number[]): Promise<boolean> {
  const alive = await Promise.all(pids.map(isAlive));
  return !alive.includes(true) && (await pidsOfRun(runId)).length === 0 && !existsSync(folder);
}

it('leaves no child, grandchild or folder of a controller that was killed', async () => {
  const pids = await startController('wait');
  expect(pids).toHaveLength(3);
  expect(reapers()).toHaveLength(1);
  controller.kill('SIGKILL');
  await expect.poll(() => isEverythingGone(pids), LONG).toBe(true);
});

it('survives being killed itself while its controller lives', async () => {
  const pids = await startController('wait');
  const [first] = reapers();
  if (first === undefined) throw new Error('no reaper');
  process.kill(first, 'SIGKILL');
  await expect.poll(() => reapers().filter((pid) => pid !== first), LONG).toHaveLength(1);
  expect(await isEverythingGone(pids)).toBe(false);
  controller.kill('SIGKILL');
  await expect.poll(() => isEverythingGone(pids), LONG).toBe(true);
});

it('acts when whoever interrupts the controller interrupts it too', async () => {
  const pids = await startController('wait');
  const [reaper] = reapers();
  if (reaper === undefined) throw new Error('no reaper');
  await expect.poll(() => handlesSignals(reaper), LONG).toBe(true);
  for (const pid of [reaper, controller.pid]) process.kill(pid ?? reaper, 'SIGINT');
  await expect.poll(() => isEverythingGone(pids), LONG).toBe(true);
});

it('is let go by a controller that closes, which then ends by itself and keeps its folders', async () => {
  const pids = await startController('close');
  const [code] = (await once(controller, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect(await Promise.all(pids.map(isAlive))).toEqual([false, false, false]);
  expect(reapers()).toEqual([]);
  expect(existsSync(folder)).toBe(true);
});
