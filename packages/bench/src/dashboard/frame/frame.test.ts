import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drillState,
  logEntries,
  offers,
  outageState,
  rowDetails,
  wideState,
} from '../../../test/dashboard/drill-states.ts';
import type { DrillState, LogEntry } from '../../control/drill-state.ts';
import { REQUEST_OUTCOMES } from '../../load/ledger.ts';
import { fieldsOf } from '../keys/fault-choice.ts';
import { firstUi, type Overlay, panes, type UiState } from '../keys/ui-state.ts';
import { drawFrame } from './frame.ts';
import { glyphSets } from './glyphs.ts';
import { lineWidth } from './line.ts';
import { createLogRing } from './log-ring.ts';
import type { Connection, View } from './view.ts';

const text = fc.string({ unit: 'binary', maxLength: 60 });
const number = fc.oneof(fc.nat(), fc.double({ min: -1e6, max: 1e9, noNaN: true }));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const states: fc.Arbitrary<DrillState> = fc
  .record({
    run: text,
    scenario: fc.record({ name: text, about: text, hypothesis: text, seed: fc.nat() }),
    stage: fc.constantFrom('booting', 'load', 'draining', 'auditing', 'over'),
    phase: text,
    atMs: number,
    totalMs: number,
    entryUrl: text,
    load: fc.record({
      isPaused: fc.boolean(),
      factor: number,
      plannedPerSecond: number,
      inFlight: number,
      slipMsP99: number,
    }),
    ledger: fc.record(
      Object.fromEntries(['planned', ...REQUEST_OUTCOMES].map((name) => [name, fc.nat()])) as Record<
        'planned',
        fc.Arbitrary<number>
      >,
    ),
    availability: share,
    objective: share,
    outages: fc.array(fc.record({ startMs: number, endMs: number, fault: text }), { maxLength: 5 }),
    faults: fc.array(
      fc.record({
        id: text,
        what: text,
        startMs: number,
        endMs: number,
        state: fc.constantFrom('toCome', 'on', 'over', 'failed'),
        isByHand: fc.boolean(),
        hitCount: fc.nat(),
        problem: text,
      }),
      { maxLength: 30 },
    ),
    gates: fc.array(
      fc.record({
        text,
        kind: fc.constantFrom('pass', 'fail', 'unknown'),
        measuredText: text,
        limitText: text,
        room: maybe(number),
      }),
      { maxLength: 30 },
    ),
    rows: fc.array(
      fc.record({
        name: text,
        kind: fc.constantFrom('service', 'store', 'balancer', 'outside'),
        state: fc.constantFrom('starting', 'ready', 'down', 'stopped', 'unknown'),
        inFlight: maybe(fc.nat()),
        latencyMsMean: maybe(number),
        isEjected: fc.boolean(),
        ejectedCount: maybe(fc.nat()),
        breakers: fc.array(
          fc.record({
            name: text,
            state: fc.constantFrom('closed', 'open', 'halfOpen'),
            forMs: number,
            openedCount: fc.nat(),
          }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 40 },
    ),
    seconds: fc.array(
      fc.record({
        startMs: number,
        plannedCount: fc.nat(),
        okCount: fc.nat(),
        p50Ms: maybe(number),
        p99Ms: maybe(number),
        availability: maybe(share),
      }),
      { maxLength: 200 },
    ),
    verdict: fc.record({
      kind: fc.constantFrom('undecided', 'pass', 'fail', 'inconclusive'),
      reasons: fc.array(text, { maxLength: 3 }),
    }),
  })
  .map((state) => state as unknown as DrillState);

const entries: fc.Arbitrary<readonly LogEntry[]> = fc
  .array(
    fc.record({
      atMs: number,
      kind: fc.constantFrom('fault', 'process', 'hand', 'outage', 'breaker', 'notice'),
      text,
    }),
    { maxLength: 20 },
  )
  .map((list) => list.map((entry, index) => ({ ...entry, number: index + 1 })));

const [offer] = offers();
if (offer === undefined) throw new Error('the sample offers nothing');
const fields = fieldsOf(offer);

const overlays: fc.Arbitrary<Overlay> = fc.oneof(
  fc.constant<Overlay>({ kind: 'none' }),
  fc.nat(50).map((skip): Overlay => ({ kind: 'help', skip })),
  text.map((before): Overlay => ({ kind: 'filter', before })),
  fc
    .record({ question: text, effect: text })
    .map(
      (words): Overlay => ({ kind: 'confirm', ...words, command: { do: 'abort' }, back: { kind: 'none' } }),
    ),
  fc.nat(50).map((index): Overlay => ({ kind: 'clear', index })),
  fc.nat(300).map((skip): Overlay => ({ kind: 'details', row: 'catalog/1', skip })),
  text.map((search): Overlay => ({ kind: 'fault', step: 'kind', search, index: 7 })),
  text.map((search): Overlay => ({ kind: 'fault', step: 'target', offer, search, index: 2 })),
  fc
    .record({ target: text, problem: text })
    .map((words): Overlay => ({ kind: 'fault', step: 'settings', offer, fields, index: 1, ...words })),
);

const uis: fc.Arbitrary<UiState> = fc.record({
  pane: fc.constantFrom(...panes),
  rowIndex: fc.nat(60),
  gateIndex: fc.nat(60),
  logSkip: fc.nat(60),
  filter: text,
  overlay: overlays,
});

const connections: fc.Arbitrary<Connection> = fc.oneof(
  fc.constantFrom<Connection>({ kind: 'live' }, { kind: 'connecting' }, { kind: 'over' }),
  number.map((forMs): Connection => ({ kind: 'silent', forMs })),
  text.map((why): Connection => ({ kind: 'lost', why, attempt: 3, retryInMs: 500 })),
);

describe('drawFrame', () => {
  it('fills exactly the screen, whatever the drill tells and whatever the size', () => {
    fc.assert(
      fc.property(
        fc.record({
          columns: fc.integer({ min: 1, max: 220 }),
          rows: fc.integer({ min: 1, max: 70 }),
          glyphs: fc.constantFrom(glyphSets.unicode, glyphSets.ascii),
          runName: text,
          connection: connections,
          state: maybe(states),
          entries,
          ui: uis,
          notice: maybe(fc.record({ text, tone: fc.constant('warn' as const) })),
        }),
        ({ entries: lines, state, notice, ...rest }) => {
          const log = createLogRing();
          for (const entry of lines) log.push(entry);
          const view: View = {
            ...rest,
            log,
            details: rowDetails(),
            offers: offers(),
            ...(state === undefined ? {} : { state }),
            ...(notice === undefined ? {} : { notice }),
          };
          const frame = drawFrame(view);
          expect(frame).toHaveLength(view.rows);
          for (const line of frame) expect(lineWidth(line)).toBe(view.columns);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('tells of open breakers, ejections and lost availability in words', () => {
    const shown = textOf({ state: outageState() });
    expect(shown).toContain('OPEN 5.6 s 3x catalog.redis');
    expect(shown).toContain('⊘ out 2x');
    expect(shown).toContain('! hole on, 8.2 s left');
    expect(shown).toContain('! 1, 3.4 s down');
    expect(shown).toContain('against a pass: availability 91.3 % is below 99 %');
  });

  it('shows by the filter the lines that hold its words only', () => {
    const shown = textOf({ ui: { ...firstUi, filter: 'BREAKER opens' } });
    expect(shown).toContain('catalog.redis in catalog/1 opens');
    expect(shown).not.toContain('load begins');
    expect(shown).toContain('1 of 7 with "BREAKER opens"');
  });

  it('keeps the columns of a table under wide names', () => {
    const lines = textOf({ state: wideState() }).split('\n');
    const plain = textOf({ state: drillState() }).split('\n');
    const wide = lines.find((line) => line.includes('ひらがな'));
    const narrow = plain.find((line) => line.includes('catalog/1'));
    expect(cellsBefore(wide, '● ready')).toBe(cellsBefore(narrow, '● ready'));
    expect(wide).toContain('OPEN 1.0 ms 1x 缓存');
  });
});

function textOf(changes: Partial<View>): string {
  const log = createLogRing();
  for (const entry of logEntries()) log.push(entry);
  const frame = drawFrame({
    columns: 120,
    rows: 40,
    glyphs: glyphSets.unicode,
    runName: 'run',
    connection: { kind: 'live' },
    state: drillState(),
    log,
    ui: firstUi,
    ...changes,
  });
  return frame.map((line) => line.map(({ text: piece }) => piece).join('')).join('\n');
}

function cellsBefore(line: string | undefined, mark: string): number {
  return lineWidth([{ text: line?.split(mark)[0] ?? '', tone: 'plain' }]);
}
