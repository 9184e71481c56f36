import { systemClock } from '@stormcart/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DashboardEnd, runDashboard } from '../../src/dashboard/run-dashboard.ts';
import { drillState, logEntries, outageState, overState } from './drill-states.ts';
import { type FakeDrill, startFakeDrill } from './fake-drill.ts';
import { createVirtualTerminal, type VirtualTerminal } from './virtual-terminal.ts';

describe('the dashboard on a terminal', () => {
  let drill: FakeDrill;
  let terminal: VirtualTerminal;
  let stop: AbortController;
  let isDrillAlive: boolean;
  let ended: Promise<DashboardEnd>;

  beforeEach(async () => {
    drill = await startFakeDrill(drillState(), logEntries());
    terminal = createVirtualTerminal(120, 40);
    stop = new AbortController();
    isDrillAlive = true;
    ended = open(false);
  });

  afterEach(async () => {
    stop.abort(new Error('the test is over'));
    await ended.catch(() => undefined);
    await drill[Symbol.asyncDispose]();
  });

  function open(isLeavingAtEnd: boolean): Promise<DashboardEnd> {
    return runDashboard({
      runName: 'run-1',
      control: drill.control,
      input: terminal.input,
      output: terminal.output,
      term: 'xterm-256color',
      terminal: { kind: 'screen', depth: '256', isAscii: false },
      clock: systemClock,
      signal: stop.signal,
      isAlive: () => Promise.resolve(isDrillAlive),
      isLeavingAtEnd,
    });
  }

  async function shows(text: string): Promise<void> {
    await vi.waitFor(
      async () => {
        const screen = (await terminal.read()).join('\n');
        if (!screen.includes(text)) throw new Error(`"${text}" is not on the screen:\n${screen}`);
      },
      { timeout: 10_000, interval: 20 },
    );
  }

  it('follows the drill to its verdict, which stays until q', async () => {
    await shows('nothing speaks against a pass so far');
    await shows('up again after 3.4 s');
    drill.tell(outageState());
    await shows('! hole on, 8.2 s left');
    drill.log({ number: 8, atMs: 30_000, kind: 'fault', text: 'hole is over' });
    await shows('hole is over');
    drill.tell(overState('fail'));
    drill.bye();
    await shows('✗ FAIL');
    terminal.press('q');
    await expect(ended).resolves.toEqual({
      kind: 'left',
      verdict: 'verdict FAIL: availability 93.1 % is below 99 %; invariant orders-stored is violated',
    });
    await terminal.read();
    expect(terminal.isTakenOver).toBe(false);
  });

  it('sends what the keys ask for, and shows what the drill answers', async () => {
    await shows('Topology');
    terminal.press('p');
    await shows('done: pause');
    drill.refuse('cannot change the rate', 'the load is over');
    terminal.press('+');
    await shows('! cannot change the rate: the load is over');
    for (const key of ['f', 'timeout', '\r', '\r']) terminal.press(key);
    await shows('filter: timeout_');
    terminal.press('\r');
    await shows('Inject timeout: link');
    terminal.press('\r');
    await shows('Inject timeout on *->redis');
    terminal.press('\r');
    await shows('Sure?');
    terminal.press('y');
    await shows('done: inject');
    expect(drill.commands).toEqual([
      { do: 'pause' },
      { do: 'rate', factor: 1.25 },
      { do: 'inject', fault: { link: '*->redis', toxic: 'timeout', for: '5s' } },
    ]);
  });

  it('shows the details of the chosen row', async () => {
    await shows('catalog/1');
    terminal.press('\u001B[B');
    terminal.press('\r');
    await shows('pid 4242');
    terminal.press('\u001B');
    await shows('▶ catalog/1');
  });

  it('reconnects where the log was left, and shows no line twice', async () => {
    await shows('up again after 3.4 s');
    drill.cut();
    await shows('! lost:');
    await vi.waitFor(() => expect(drill.resumedFrom).toEqual(['', '7']), { timeout: 5_000 });
    drill.log({ number: 8, atMs: 30_000, kind: 'fault', text: 'hole is over' });
    await shows('hole is over');
    const lines = await terminal.read();
    expect(lines.filter((line) => line.includes('up again after'))).toHaveLength(1);
  });

  it('says that the drill is gone when its process is', async () => {
    await shows('Topology');
    isDrillAlive = false;
    drill.cut();
    await shows('! the drill is gone');
    terminal.press('q');
    await expect(ended).resolves.toEqual({ kind: 'left' });
  });

  it('follows the terminal to another size', async () => {
    await shows('Topology');
    terminal.resize(80, 24);
    await vi.waitFor(async () => expect((await terminal.read()).at(-1)).toMatch(/^ f fault .*q leave$/));
    expect(await terminal.read()).toHaveLength(24);
    terminal.resize(40, 10);
    await shows('too small:');
    terminal.resize(200, 60);
    await shows('─ Ledger');
  });

  it('leaves with ctrl-c, and when it is aborted with the reason; the terminal is as before', async () => {
    await shows('Topology');
    expect(terminal.isTakenOver).toBe(true);
    terminal.press('\u0003');
    await expect(ended).resolves.toEqual({ kind: 'interrupted' });
    await terminal.read();
    expect(terminal.isTakenOver).toBe(false);
    ended = open(false);
    await vi.waitFor(() => expect(terminal.isTakenOver).toBe(true));
    const reason = new Error('SIGTERM');
    stop.abort(reason);
    await expect(ended).rejects.toBe(reason);
    await terminal.read();
    expect(terminal.isTakenOver).toBe(false);
    // The cursor is shown again, and the keypad as it was.
    expect(terminal.written.lastIndexOf('\u001B[?25l')).toBeLessThan(
      terminal.written.lastIndexOf('\u001B[?25h'),
    );
    expect(terminal.written.lastIndexOf('\u001B=')).toBeLessThan(terminal.written.lastIndexOf('\u001B>'));
    await vi.waitFor(() => expect(drill.listenerCount).toBe(0));
  });

  it('leaves at the end where it is asked to', async () => {
    terminal.press('q');
    await ended;
    ended = open(true);
    await shows('Topology');
    drill.tell(overState('pass'));
    drill.bye();
    await expect(ended).resolves.toMatchObject({
      kind: 'over',
      verdict: expect.stringMatching(/^verdict PASS/),
    });
  });

  it('draws at most ten frames a second', async () => {
    await shows('Topology');
    const before = terminal.written.split('\u001B7').length;
    const startMs = performance.now();
    for (let tick = 1; tick <= 60; tick += 1) {
      drill.tell(drillState({ atMs: 12_300 + tick * 100 }));
      await systemClock.sleep(10);
    }
    await shows('18.3 s of');
    const frames = terminal.written.split('\u001B7').length - before;
    expect(frames).toBeGreaterThan(1);
    expect(frames).toBeLessThanOrEqual(Math.ceil((performance.now() - startMs) / 100) + 1);
  });
});

it('prints plain lines off a terminal, and ends with the drill', async () => {
  await using drill = await startFakeDrill(drillState(), logEntries().slice(0, 1));
  const terminal = createVirtualTerminal(120, 40);
  const ended = runDashboard({
    runName: 'run-1',
    control: drill.control,
    input: terminal.input,
    output: terminal.output,
    term: 'dumb',
    terminal: { kind: 'plain' },
    clock: systemClock,
    signal: new AbortController().signal,
    isAlive: () => Promise.resolve(true),
    isLeavingAtEnd: false,
  });
  await vi.waitFor(() => expect(terminal.written).toContain('load begins'));
  drill.tell(outageState());
  drill.tell(overState('fail'));
  drill.bye();
  await expect(ended).resolves.toMatchObject({ kind: 'over' });
  await vi.waitFor(() => expect(terminal.written).toContain('verdict'));
  expect(terminal.written.split('\n')).toEqual([
    '  12.3 s  of 50s  baseline  492 requests  ok 100 %  available 100 %',
    '   0.0 s  notice   load begins: 40/s for 50s',
    '  21.8 s  of 50s  hole  872 requests  ok 80.3 %  available 91.3 %  fault hole',
    'verdict FAIL: availability 93.1 % is below 99 %; invariant orders-stored is violated',
    '',
  ]);
});
