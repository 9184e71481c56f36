import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ControlFile } from '../../src/control/control-file.ts';
import { repository, runCli } from '../fixture/cli.ts';
import { drillState, logEntries, outageState, overState } from './drill-states.ts';
import { type FakeDrill, startFakeDrill } from './fake-drill.ts';
import { createVirtualTerminal, type VirtualTerminal } from './virtual-terminal.ts';

const RUN = '20261126-120000-redis-blackhole';
const OLDER = '20261126-110000-steady';

let folder = '';
let drill: FakeDrill;
let open: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-dash-'));
  drill = await startFakeDrill(drillState(), logEntries());
});

afterEach(async () => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
  await drill[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('dash, off a terminal', () => {
  it('tells in lines of the newest drill that runs, and ends with it', async () => {
    await leaveControl(RUN, drill.control);
    await leaveControl('20261126-130000-over', { ...drill.control, pid: NOBODY });
    const running = runCli(['dash'], { cwd: folder });
    await vi.waitFor(() => expect(drill.listenerCount).toBe(1), { timeout: 20_000 });
    drill.tell(outageState());
    drill.tell(overState('fail'));
    drill.bye();
    const { code, stdout, stderr } = await running;
    expect(stdout).toContain('12.3 s  of 50s  baseline  492 requests');
    expect(stdout).toContain('outage   up again after 3.4 s: 购物车 works');
    expect(stdout).toMatch(/verdict FAIL: .*\n$/);
    expect(stdout).not.toContain('\u001B');
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it.each([
    [['dash'], 'no drill is running here', [OLDER]],
    [['dash', '--attach', OLDER], `${OLDER} is over`, []],
    [['dash', '--attach', '20261126-110000-staedy'], `did you mean ${OLDER}?`, []],
    [['dash', '--attach', RUN], 'does not run any more', [OLDER]],
  ] as const)('%j: names what runs there are, and ends with 2', async (args, message, names) => {
    await mkdir(join(folder, '.stormcart/runs', OLDER), { recursive: true });
    if (args.includes(RUN as never)) await leaveControl(RUN, { ...drill.control, pid: NOBODY });
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    expect(stderr).toContain(message);
    for (const name of names) expect(stderr).toContain(`  ${name}`);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('ends with 4 when the drill goes away without a good-bye', async () => {
    const mortal = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await leaveControl(RUN, { ...drill.control, pid: mortal.pid ?? NOBODY });
    const running = runCli(['dash', '--attach', join('.stormcart/runs', RUN)], { cwd: folder });
    await vi.waitFor(() => expect(drill.listenerCount).toBe(1), { timeout: 20_000 });
    mortal.kill('SIGKILL');
    await once(mortal, 'exit');
    drill.cut();
    const { code, stdout } = await running;
    expect(stdout).toContain('the drill is gone without a good-bye');
    expect(code).toBe(4);
  });
});

describe.runIf(process.platform === 'linux')('dash, in a pseudo-terminal', () => {
  it('draws, steers, leaves with q and 0, and restores the terminal', async () => {
    const { child, terminal } = await openInTerminal(80, 24);
    await shows(terminal, 'nothing speaks against a pass');
    drill.tell(outageState());
    await shows(terminal, '! hole on');
    child.stdin?.write('p');
    await vi.waitFor(() => expect(drill.commands).toEqual([{ do: 'pause' }]), { timeout: 5_000 });
    child.stdin?.write('q');
    await shows(terminal, 'the exit code is 0');
    await expectRestored(terminal);
    expect((await terminal.read()).join('')).toContain(
      `left; ${RUN} goes on: stormcart dash --attach ${RUN}`,
    );
  });

  it.each([
    ['ctrl-c', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('restores the terminal on %s, and ends with %i', async (name, code) => {
    const { child, terminal } = await openInTerminal(80, 24);
    await shows(terminal, 'Topology');
    if (name === 'ctrl-c') child.stdin?.write('\u0003');
    else process.kill(Number(/pid (\d+)/.exec(terminal.written)?.[1]), name);
    await shows(terminal, `the exit code is ${code}`);
    await expectRestored(terminal);
  });

  it('uses no colours with NO_COLOR, and draws nothing with TERM=dumb', async () => {
    const { terminal } = await openInTerminal(80, 24, 'NO_COLOR=1');
    await shows(terminal, 'Topology');
    expect([...terminal.colours()]).toEqual([-1]);
    const dumb = await openInTerminal(80, 24, 'TERM=dumb');
    await shows(dumb.terminal, '492 requests');
    expect(dumb.terminal.written).not.toContain('\u001B');
    drill.bye();
    await shows(dumb.terminal, 'the exit code is 0');
  });
});

/** No process has it: Linux goes to 2^22. */
const NOBODY = 2 ** 22 + 1;

async function leaveControl(run: string, control: ControlFile): Promise<void> {
  const runFolder = join(folder, '.stormcart/runs', run);
  await mkdir(runFolder, { recursive: true });
  await writeFile(join(runFolder, 'control.json'), JSON.stringify(control), { mode: 0o600 });
}

/** The program in a terminal that util-linux's `script` gives it; the shell around it tells how it ended. */
async function openInTerminal(
  columns: number,
  rows: number,
  assignment = 'STORMCART_TEST=1',
): Promise<{ readonly child: ChildProcess; readonly terminal: VirtualTerminal }> {
  await leaveControl(RUN, drill.control);
  const terminal = createVirtualTerminal(columns, rows);
  const program = join(repository, 'packages/bench/bin/stormcart.mjs');
  // The inner shell becomes the program, so its id is the program's.
  const inner = `echo "pid $$"; exec env ${assignment} "${process.execPath}" "${program}" dash`;
  const command =
    `stty cols ${columns} rows ${rows}; sh -c '${inner}'; echo "the exit code is $?"; ` +
    'stty -a | grep -o -- "-\\?icanon"';
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  open.push(child);
  child.stdout?.on('data', (chunk: Buffer) => terminal.output.write(chunk));
  return { child, terminal };
}

async function shows(terminal: VirtualTerminal, text: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const screen = (await terminal.read()).join('\n');
      if (!screen.includes(text)) throw new Error(`"${text}" is not on the screen:\n${screen}`);
    },
    { timeout: 20_000, interval: 50 },
  );
}

async function expectRestored(terminal: VirtualTerminal): Promise<void> {
  await shows(terminal, 'icanon');
  const lines = await terminal.read();
  expect(lines).not.toContain('-icanon');
  expect(terminal.isTakenOver).toBe(false);
  expect(terminal.written.lastIndexOf('\u001B[?25l')).toBeLessThan(
    terminal.written.lastIndexOf('\u001B[?25h'),
  );
}
