import { describe, expect, it } from 'vitest';
import { drillState, logEntries, offers, outageState } from '../../../test/dashboard/drill-states.ts';
import { type Effect, press, type World } from './reducer.ts';
import { firstUi, type UiState } from './ui-state.ts';

const world: World = { state: outageState(), offers: offers(), logCount: logEntries().length };

describe('press', () => {
  it('injects a fault by kind, target and length, and asks before', () => {
    const { ui, effects } = presses([
      'f',
      ...letters('timeout'),
      'enter',
      'down',
      'enter',
      'backspace',
      'backspace',
      ...letters('8s'),
      'enter',
    ]);
    expect(ui.overlay).toMatchObject({ kind: 'confirm', question: 'Inject timeout on orders->mariadb?' });
    expect(effects).toEqual([{ kind: 'askOffers' }]);
    expect(press(ui, { name: 'y', text: 'y' }, world)).toEqual({
      ui: { ...firstUi, overlay: { kind: 'none' } },
      effects: [
        {
          kind: 'command',
          command: { do: 'inject', fault: { link: 'orders->mariadb', toxic: 'timeout', for: '8s' } },
        },
      ],
    });
  });

  it('goes a step back with escape, and keeps what was typed when the question is refused', () => {
    const asked = presses(['f', 'enter', 'enter', 'tab', 'C-u', ...letters('70ms'), 'enter']).ui;
    expect(asked.overlay.kind).toBe('confirm');
    const back = press(asked, { name: 'n', text: 'n' }, world).ui;
    expect(back.overlay).toMatchObject({
      step: 'settings',
      fields: [{ text: '5s' }, { text: '70ms' }, { text: '' }],
    });
    const target = press(back, { name: 'escape' }, world).ui;
    expect(target.overlay).toMatchObject({ step: 'target' });
    expect(
      press(press(target, { name: 'escape' }, world).ui, { name: 'escape' }, world).ui.overlay.kind,
    ).toBe('none');
  });

  it('finds a kind by what it can be done to', () => {
    const { ui } = presses(['f', ...letters('payment'), 'enter']);
    expect(ui.overlay).toMatchObject({ step: 'target', offer: { kind: 'latency' } });
    expect(presses(['f', ...letters('process redis'), 'enter']).ui.overlay).toMatchObject({
      offer: { kind: 'pause' },
    });
  });

  it('says which setting is missing or is none of its words', () => {
    const missing = presses(['f', 'enter', 'enter', 'tab', 'C-u', 'enter']).ui;
    expect(missing.overlay).toMatchObject({ problem: 'latency must be given', index: 1 });
    const wrong = presses(['f', 'enter', 'enter', 'S-tab', ...letters('sideways'), 'enter']).ui;
    expect(wrong.overlay).toMatchObject({ problem: 'direction is one of upstream, downstream', index: 2 });
    const chosen = press(wrong, { name: 'right' }, world).ui;
    expect(chosen.overlay).toMatchObject({ fields: [{}, {}, { text: 'upstream' }] });
  });

  it.each([
    [['C', 'y'], { do: 'clearAll' }],
    [['k', 'y'], { do: 'kill', process: 'balancer' }],
    [['a', 'y'], { do: 'abort' }],
  ] as const)('asks before %j', (keys, command) => {
    expect(presses(keys.slice(0, 1)).effects).toEqual([]);
    expect(presses([keys[0], 'n']).effects).toEqual([]);
    expect(presses([keys[0], 'enter']).effects).toEqual([]);
    expect(presses(keys).effects).toEqual([{ kind: 'command', command }]);
  });

  it('clears the chosen one of the faults that are on', () => {
    expect(presses(['c', 'enter']).effects).toEqual([
      { kind: 'command', command: { do: 'clear', id: 'hole' } },
    ]);
    expect(presses(['c'], { ...world, state: drillState() }).effects).toMatchObject([
      { kind: 'say', text: 'no fault is on' },
    ]);
  });

  it('pauses and resumes, and changes the rate within its bounds', () => {
    const at = (isPaused: boolean, factor: number): World => {
      return {
        ...world,
        state: drillState({ load: { isPaused, factor, plannedPerSecond: 40, inFlight: 0 } }),
      };
    };
    expect(presses(['p'], at(false, 1)).effects).toEqual([{ kind: 'command', command: { do: 'pause' } }]);
    expect(presses(['p'], at(true, 1)).effects).toEqual([{ kind: 'command', command: { do: 'resume' } }]);
    expect(presses(['+'], at(false, 1)).effects).toEqual([
      { kind: 'command', command: { do: 'rate', factor: 1.25 } },
    ]);
    expect(presses(['-'], at(false, 1.25)).effects).toEqual([
      { kind: 'command', command: { do: 'rate', factor: 1 } },
    ]);
    expect(presses(['+'], at(false, 9)).effects).toEqual([
      { kind: 'command', command: { do: 'rate', factor: 10 } },
    ]);
    expect(presses(['+'], at(false, 10)).effects).toMatchObject([{ kind: 'say' }]);
  });

  it('filters the log as it is typed, and restores it with escape', () => {
    expect(presses(['/', ...letters('out'), 'enter']).ui).toMatchObject({
      filter: 'out',
      pane: 'log',
      overlay: { kind: 'none' },
    });
    expect(presses(['/', ...letters('out'), 'enter', '/', 'x', 'escape']).ui.filter).toBe('out');
  });

  it('moves within what there is, and opens the details of the chosen row', () => {
    expect(presses(['up', 'up']).ui.rowIndex).toBe(0);
    expect(presses(['end']).ui.rowIndex).toBe(11);
    expect(presses(['down', 'enter']).effects).toEqual([{ kind: 'askRow', row: 'catalog/1' }]);
    expect(presses(['S-tab', 'home']).ui).toMatchObject({ pane: 'log', logSkip: 6 });
    expect(presses(['S-tab', 'home', 'end']).ui.logSkip).toBe(0);
  });

  it('steers nothing before the load, after it, and without a word of the drill', () => {
    for (const key of ['f', 'c', 'C', 'p', '+', '-', 'k', 'a']) {
      for (const state of [undefined, drillState({ stage: 'over' })]) {
        const { ui, effects } = presses([key], { logCount: 0, ...(state === undefined ? {} : { state }) });
        expect(ui).toEqual(firstUi);
        expect(effects).toMatchObject([{ kind: 'say' }]);
      }
    }
  });

  it('leaves with q, and from anywhere with ctrl-c', () => {
    expect(presses(['q']).effects).toEqual([{ kind: 'leave', isInterrupted: false }]);
    expect(presses(['f', 'enter', 'C-c']).effects.at(-1)).toEqual({ kind: 'leave', isInterrupted: true });
    expect(presses(['/', 'q']).ui.filter).toBe('q');
  });
});

function presses(
  keys: readonly string[],
  seen: World = world,
): { readonly ui: UiState; readonly effects: readonly Effect[] } {
  let ui = firstUi;
  const all: Effect[] = [];
  for (const name of keys) {
    const pressed = press(ui, name.length === 1 ? { name, text: name } : { name }, seen);
    ui = pressed.ui;
    all.push(...pressed.effects);
  }
  return { ui, effects: all };
}

/** As if typed. */
function letters(word: string): readonly string[] {
  return Array.from(word);
}
