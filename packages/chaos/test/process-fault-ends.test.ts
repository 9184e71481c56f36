import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSupervisor, pidsOfRun, type Supervisor, systemClock } from '@stormcart/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { descriptorLimit } from '../src/kernel/descriptors.ts';
import { listeningPorts } from '../src/kernel/listening.ts';
import type { Undo, UndoStep } from '../src/undo/undo.ts';
import { undoTable } from '../src/undo/undo-table.ts';
import type { ControllerOrder } from './fault-controller.ts';
import { clockOf, startVictim, type Victim } from './victim.ts';

const HOUR_MS = 3_600_000;
const MIB = 1_048_576;
const CONTROLLER = fileURLToPath(new URL('./fault-controller.ts', import.meta.url));

/** Each kind that lasts beyond the moment in which it is done. */
const lasting: ControllerOrder['faults'] = [
  { kind: 'cpu_burn', attributes: { share: 0.1 } },
  { kind: 'memory_hog', attributes: { size: 16 * MIB } },
  { kind: 'disk_fill', attributes: { size: 4 * MIB } },
  { kind: 'event_loop_stall', attributes: { stall: 100, every: 300 } },
  { kind: 'clock_step', attributes: { by: HOUR_MS } },
  { kind: 'fd_exhaustion', attributes: { leave: 8 } },
];

let folder: string;
let supervisor: Supervisor;
let victim: Victim;
let usual: { readonly soft: number; readonly hard: number } | undefined;
const controllers: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stormcart-ends-'));
  supervisor = createSupervisor(`test-${folder.slice(-6)}`);
  victim = await startVictim({ supervisor, folder, name: 'victim' });
  usual = await descriptorLimit(victim.pid());
});
afterEach(() => {
  for (const controller of controllers) controller.kill('SIGKILL');
});
afterAll(async () => {
  await supervisor.close();
  rmSync(folder, { recursive: true });
});

interface Controller {
  readonly process: ChildProcess;
  readonly steps: readonly UndoStep[];
}

/** A controller of its own, with these faults on the victim applied. */
async function control(faults: ControllerOrder['faults'], forMs: number): Promise<Controller> {
  const order: ControllerOrder = { pid: victim.pid(), dataFolder: victim.dataFolder, forMs, faults };
  const child = spawn(process.execPath, [CONTROLLER, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  controllers.push(child);
  const steps: UndoStep[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const step = JSON.parse(line) as UndoStep;
    if (step.kind === 'applied') return { process: child, steps };
    steps.push(step);
  }
  throw new Error('the controller ended');
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** What is left of the faults above, looked for from outside. */
async function leftovers(): Promise<readonly string[]> {
  const pids = (await pidsOfRun(supervisor.runId)).filter((pid) => pid !== victim.pid());
  const { soft } = (await descriptorLimit(victim.pid())) ?? { soft: 0 };
  const { isFirstClock, symbols } = await clockOf(victim);
  const ports = await listeningPorts(victim.pid());
  return [
    ...pids.map((pid) => `process ${pid}`),
    ...(soft === usual?.soft ? [] : [`descriptor limit ${soft}`]),
    ...(isFirstClock ? [] : ['a shifted clock']),
    ...(symbols.includes('Symbol(stormcart.clock)') ? ['a clock'] : []),
    ...ports.filter((port) => port !== victim.port()).map((port) => `port ${port}`),
  ];
}

/** As somebody who has nothing but the journal. */
function undoOf(step: UndoStep): { details: object; undo: Undo<object> } {
  const { kind, ...given } = step;
  const undo = undoTable[kind as keyof typeof undoTable] as unknown as Undo<object>;
  return { details: undo.details.parse(given), undo };
}

async function expectGone(steps: readonly UndoStep[]): Promise<void> {
  for (const step of steps) {
    const { details, undo } = undoOf(step);
    // The kernel takes a moment to bury what has ended.
    await expect
      .poll(() => undo.isGone(details, AbortSignal.timeout(10_000)), {
        timeout: 10_000,
        message: undo.about(details),
      })
      .toBe(true);
  }
}

async function isFelt(): Promise<void> {
  expect((await pidsOfRun(supervisor.runId)).length).toBe(1 + 4);
  const during = await clockOf(victim);
  expect(during.wallMs - during.sentMs).toBeGreaterThan(HOUR_MS / 2);
  expect((await descriptorLimit(victim.pid()))?.soft).toBeLessThan(usual?.soft ?? 0);
}

describe('faults whose controller is killed', () => {
  it('end by themselves, all of them, with nobody there to undo them', async () => {
    const controller = await control(lasting, 600_000);
    await isFelt();
    await kill(controller.process);
    await expect.poll(leftovers, { timeout: 20_000, interval: 50 }).toEqual([]);
    const took = await victim.latencies(700);
    expect(took.filter((ms) => ms > 90).length).toBeLessThan(2);
    expect(controller.steps).toHaveLength(7);
    await expectGone(controller.steps);
  });

  it('are ended by their journal where they cannot end themselves', async () => {
    const controller = await control([{ kind: 'fd_exhaustion', attributes: { leave: 8 } }], 600_000);
    const holders = controller.steps.filter(({ kind }) => kind === 'end-process');
    // Whoever would set the limit back, and who would tell it to.
    for (const { pid } of holders) process.kill(Number(pid), 'SIGKILL');
    await kill(controller.process);
    await systemClock.sleep(200);
    expect(await leftovers()).toMatchObject([expect.stringContaining('descriptor limit')]);
    for (const step of controller.steps.toReversed()) {
      const { details, undo } = undoOf(step);
      await undo.revert(details, AbortSignal.timeout(10_000));
      // The kernel takes a moment to bury what has ended.
      await expect
        .poll(() => undo.isGone(details, AbortSignal.timeout(10_000)), {
          timeout: 10_000,
          message: undo.about(details),
        })
        .toBe(true);
    }
    expect(await leftovers()).toEqual([]);
  });
});

describe('a journal', () => {
  it('undoes every lasting kind, more than once, while the controller lives on', async () => {
    const controller = await control(lasting, 600_000);
    await isFelt();
    for (const round of [1, 2]) {
      for (const step of controller.steps.toReversed()) {
        const { details, undo } = undoOf(step);
        const signal = AbortSignal.timeout(20_000);
        if (round === 1) {
          expect(await undo.isGone(details, signal), `before: ${undo.about(details)}`).toBe(false);
        }
        await undo.revert(details, signal);
        expect(await undo.isGone(details, signal), undo.about(details)).toBe(true);
      }
    }
    expect(await leftovers()).toEqual([]);
    await kill(controller.process);
  });

  it('refuses what is damaged', () => {
    expect(() => undoOf({ kind: 'end-implant', pid: 1, identity: 'x', token: 't', usualPorts: [] })).toThrow(
      'pid',
    );
    expect(() => undoOf({ kind: 'restore-limit', pid: 17, identity: 'x' })).toThrow('soft');
    expect(() => undoOf({ kind: 'end-process', pid: 17 })).toThrow('identity');
  });
});

describe('a lease', () => {
  it('ends what nobody reverts', async () => {
    // Some may be over before the last has begun.
    const { steps } = await control(lasting, 2_000);
    expect(steps).toHaveLength(7);
    await expect.poll(leftovers, { timeout: 20_000, interval: 50 }).toEqual([]);
    await expectGone(steps);
  });
});
