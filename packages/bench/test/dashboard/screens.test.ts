import { describe, expect, it } from 'vitest';
import type { DrillState } from '../../src/control/drill-state.ts';
import { drawFrame } from '../../src/dashboard/frame/frame.ts';
import { glyphSets } from '../../src/dashboard/frame/glyphs.ts';
import { createModel } from '../../src/dashboard/model.ts';
import { keyOf } from '../../src/dashboard/screen/key-of.ts';
import type { ColourDepth } from '../../src/dashboard/screen/palette.ts';
import { openScreen } from '../../src/dashboard/screen/screen.ts';
import {
  drillState,
  logEntries,
  offers,
  outageState,
  overState,
  rowDetails,
  wideState,
} from './drill-states.ts';
import { createVirtualTerminal, type VirtualTerminal } from './virtual-terminal.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

/** Every state of the screen: what the drill tells, and the keys that lead there. */
const SCREENS: Readonly<Record<string, readonly [state: DrillState | undefined, keys: readonly string[]]>> = {
  connecting: [undefined, []],
  baseline: [drillState(), []],
  outage: [outageState(), []],
  'over with a pass': [overState('pass'), []],
  'over with a fail': [overState('fail'), []],
  booting: [drillState({ stage: 'booting', rows: [], seconds: [], gates: [], atMs: 0 }), []],
  paused: [drillState({ load: { isPaused: true, factor: 1.25, plannedPerSecond: 0, inFlight: 0 } }), []],
  'choosing a gate': [outageState(), ['tab', 'down']],
  'reading the log': [outageState(), ['S-tab', 'up']],
  'fault dialog, kind': [outageState(), ['f', ...Array.from('link')]],
  'fault dialog, target': [outageState(), ['f', 'enter', 'down']],
  'fault dialog, settings': [outageState(), ['f', 'enter', 'enter', 'tab', 'C-u', 'enter']],
  'fault dialog, question': [outageState(), ['f', 'enter', 'enter', 'enter']],
  'clearing a fault': [outageState(), ['c']],
  'abort, question': [outageState(), ['a']],
  'row details': [outageState(), ['down', 'enter']],
  help: [outageState(), ['?']],
  'log filter': [outageState(), ['/', ...Array.from('outage')]],
  'wide characters': [wideState(), []],
};

describe.each(SIZES)('at %ix%i', (columns, rows) => {
  it.each(Object.entries(SCREENS))('shows %s', async (_name, [state, keys]) => {
    using screen = show(columns, rows, state, keys);
    expect(`\n${(await screen.terminal.read()).join('\n')}\n`).toMatchSnapshot();
  });
});

describe('the screen', () => {
  it('says so where it is too small', async () => {
    using screen = show(50, 12, outageState(), []);
    const lines = await screen.terminal.read();
    expect(lines.slice(0, 4)).toEqual(['too small:', '50x12, needs', '60x18 or more', 'q leaves']);
  });

  it('looks the same without colours, and uses none', async () => {
    using none = show(80, 24, outageState(), [], { depth: 'none' });
    using sixteen = show(80, 24, outageState(), [], { depth: '16' });
    using many = show(80, 24, outageState(), [], { depth: '256' });
    const shown = await none.terminal.read();
    expect(shown).toEqual(await sixteen.terminal.read());
    expect(shown).toEqual(await many.terminal.read());
    expect([...none.terminal.colours()]).toEqual([-1]);
    expect(Math.max(...sixteen.terminal.colours())).toBeLessThan(16);
    expect(Math.max(...many.terminal.colours())).toBeGreaterThan(16);
  });

  it('draws with ASCII signs only where others are lacking', async () => {
    using screen = show(80, 24, wideState(), [], { isAscii: true });
    const text = (await screen.terminal.read()).join('\n');
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toMatchSnapshot();
  });

  it('keeps the columns of the table under wide names', async () => {
    using screen = show(120, 40, wideState(), []);
    const lines = await screen.terminal.read();
    const found = lines.flatMap((line, row) =>
      line.includes('● ready') ? [screen.terminal.cellOf(row, '● ready')] : [],
    );
    expect(found).toHaveLength(2);
    expect(new Set(found).size).toBe(1);
  });

  it('writes only what has changed', async () => {
    using screen = show(120, 40, outageState(), []);
    await screen.terminal.read();
    const first = screen.terminal.writtenBytes;
    screen.draw();
    expect(screen.terminal.writtenBytes - first).toBe(0);
    screen.model.takeState({ ...outageState(), atMs: 21_900 });
    screen.draw();
    await screen.terminal.read();
    expect(screen.terminal.writtenBytes - first).toBeGreaterThan(0);
    expect(screen.terminal.writtenBytes - first).toBeLessThan(first / 10);
  });

  it('shows after any sequence of states what a fresh screen shows', async () => {
    using used = show(80, 24, drillState(), []);
    for (const state of [wideState(), outageState(), wideState(), overState('fail'), wideState()]) {
      used.model.takeState(state);
      used.draw();
    }
    using fresh = show(80, 24, wideState(), []);
    expect(await used.terminal.read()).toEqual(await fresh.terminal.read());
  });
});

interface Shown extends Disposable {
  readonly terminal: VirtualTerminal;
  readonly model: ReturnType<typeof createModel>;
  readonly draw: () => void;
}

function show(
  columns: number,
  rows: number,
  state: DrillState | undefined,
  keys: readonly string[],
  { depth = '256', isAscii = false }: { readonly depth?: ColourDepth; readonly isAscii?: boolean } = {},
): Shown {
  const terminal = createVirtualTerminal(columns, rows);
  const model = createModel('20261126-120000-redis-blackhole');
  if (state !== undefined) {
    model.takeConnection({ kind: 'live' });
    model.takeState(state);
    for (const entry of logEntries()) model.takeLog(entry);
  }
  model.takeOffers(offers());
  model.takeDetails(rowDetails());
  for (const name of keys) {
    const key = keyOf(name.length === 1 ? name : undefined, { full: name });
    if (key !== undefined) model.press(key);
  }
  const { input, output } = terminal;
  const screen = openScreen({
    input,
    output,
    term: 'xterm-256color',
    depth,
    isAscii,
    onKey: () => undefined,
    onResize: () => undefined,
  });
  const draw = (): void => {
    screen.draw(drawFrame(model.view(screen, isAscii ? glyphSets.ascii : glyphSets.unicode, 0)));
  };
  draw();
  return { terminal, model, draw, [Symbol.dispose]: () => screen.close() };
}
