import type {
  DrillState,
  FaultOffer,
  LogEntry,
  RowDetails,
  SecondState,
  TopologyRow,
} from '../../src/control/drill-state.ts';

/** A drill of the shop as the control API tells it, half a minute in. */
export function drillState(changes: Partial<DrillState> = {}): DrillState {
  return {
    run: '20261126-120000-redis-blackhole',
    scenario: {
      name: 'redis-blackhole',
      about: 'Redis stops answering without closing connections.',
      hypothesis: 'Timeouts and a breaker turn a dead cache into slower reads, never into errors.',
      seed: 42,
    },
    stage: 'load',
    phase: 'baseline',
    atMs: 12_300,
    totalMs: 50_000,
    entryUrl: 'https://127.0.0.1:41000',
    load: { isPaused: false, factor: 1, plannedPerSecond: 40, inFlight: 3, slipMsP99: 0.8 },
    ledger: ledgerOf(492, 0),
    availability: 1,
    objective: 0.99,
    outages: [],
    faults: [
      {
        id: 'hole',
        what: 'timeout on *->redis',
        startMs: 15_000,
        endMs: 30_000,
        state: 'toCome',
        isByHand: false,
      },
    ],
    gates: [
      { text: 'availability >= 99%', kind: 'pass', measuredText: '100 %', limitText: '99 %', room: 1 },
      {
        text: 'p99{route=product,during=hole} < 400ms',
        kind: 'unknown',
        measuredText: 'no samples',
        limitText: '400 ms',
      },
      { text: 'recovery{fault=hole} <= 3s', kind: 'unknown', measuredText: 'not yet', limitText: '3 s' },
      {
        text: 'breaker{name=catalog.redis,opened} >= 1',
        kind: 'fail',
        measuredText: '0',
        limitText: '1',
        room: -1,
      },
    ],
    rows: rows(),
    seconds: Array.from({ length: 12 }, (_, second) => goodSecond(second)),
    verdict: { kind: 'undecided', reasons: [] },
    ...changes,
  };
}

/** The fault is on, and availability is lost. */
export function outageState(): DrillState {
  return drillState({
    phase: 'hole',
    atMs: 21_800,
    availability: 0.913,
    ledger: ledgerOf(700, 172),
    outages: [{ startMs: 15_400, endMs: 18_800, fault: 'hole' }],
    faults: [
      {
        id: 'hole',
        what: 'timeout on *->redis',
        startMs: 15_012,
        endMs: 30_000,
        state: 'on',
        isByHand: false,
        hitCount: 241,
      },
      {
        id: 'hand-1',
        what: 'latency 200ms on orders->mariadb',
        startMs: 35_000,
        endMs: 40_000,
        state: 'toCome',
        isByHand: true,
      },
    ],
    gates: drillState().gates.map((gate) =>
      gate.text.startsWith('availability')
        ? { ...gate, kind: 'fail', measuredText: '91.3 %', room: -7.7 }
        : { ...gate, kind: 'pass', measuredText: '212 ms', room: 0.47 },
    ),
    rows: rows().map((row): TopologyRow => {
      if (row.name === 'catalog/2') return { ...row, state: 'down', isEjected: true, ejectedCount: 2 };
      if (row.name !== 'catalog/1') return row;
      return {
        ...row,
        latencyMsMean: 412,
        breakers: [{ name: 'catalog.redis', state: 'open', forMs: 5_600, openedCount: 3 }],
      };
    }),
    seconds: Array.from({ length: 21 }, (_, second) =>
      second < 15 ? goodSecond(second) : badSecond(second),
    ),
    verdict: { kind: 'undecided', reasons: ['availability 91.3 % is below 99 %', 'one outage of 3.4 s'] },
  });
}

/** The end, with its verdict. */
export function overState(kind: 'pass' | 'fail'): DrillState {
  const base = kind === 'pass' ? drillState() : outageState();
  return {
    ...base,
    stage: 'over',
    atMs: 50_000,
    faults: base.faults.map((fault) => ({ ...fault, state: 'over', hitCount: 618 })),
    gates: base.gates.map((gate) =>
      kind === 'pass' ? { ...gate, kind: 'pass', measuredText: '1', room: 0.9 } : gate,
    ),
    verdict: {
      kind,
      reasons:
        kind === 'pass'
          ? ['every gate holds, every invariant holds']
          : ['availability 93.1 % is below 99 %', 'invariant orders-stored is violated'],
    },
  };
}

/** Names that do not take as many cells as they have characters. */
export function wideState(): DrillState {
  return outageStateWith({
    scenario: {
      name: '商品目录-黑洞',
      about: '中文商品名称：缓存无响应 👩‍👩‍👧 cafe\u0301 🇩🇪',
      hypothesis: '한국어 가설',
      seed: 1,
    },
    rows: [
      { ...firstRow(), name: '目录服务/壹贰叁肆伍陆柒捌玖拾' },
      {
        ...firstRow(),
        name: 'ひらがな',
        breakers: [{ name: '缓存', state: 'open', forMs: 1, openedCount: 1 }],
      },
    ],
    gates: [
      {
        text: 'p99{路由=商品详情页面加载时间} < 400ms',
        kind: 'pass',
        measuredText: '一百',
        limitText: '',
        room: 0.5,
      },
    ],
  });
}

function outageStateWith(changes: Partial<DrillState>): DrillState {
  return { ...outageState(), ...changes };
}

export function logEntries(): readonly LogEntry[] {
  return [
    { number: 1, atMs: 0, kind: 'notice', text: 'load begins: 40/s for 50s' },
    { number: 2, atMs: 15_012, kind: 'fault', text: 'hole is on: timeout on *->redis' },
    { number: 3, atMs: 15_400, kind: 'outage', text: 'down, while hole is on' },
    { number: 4, atMs: 16_200, kind: 'breaker', text: 'catalog.redis in catalog/1 opens' },
    { number: 5, atMs: 17_000, kind: 'process', text: 'catalog/2 is down' },
    { number: 6, atMs: 17_500, kind: 'hand', text: 'rate x1.25' },
    { number: 7, atMs: 18_800, kind: 'outage', text: 'up again after 3.4 s: 购物车 works' },
  ];
}

export function offers(): readonly FaultOffer[] {
  return [
    {
      targetKey: 'link',
      kindKey: 'toxic',
      kind: 'latency',
      about: 'Everything arrives later.',
      targets: ['*->redis', 'catalog->redis', 'orders->mariadb', 'worker->payment'],
      settings: [
        { name: 'latency', about: 'How much later.', usual: '200ms', isRequired: true },
        { name: 'direction', about: 'Which way.', isRequired: false, accepted: ['upstream', 'downstream'] },
      ],
    },
    {
      targetKey: 'link',
      kindKey: 'toxic',
      kind: 'timeout',
      about: 'Nothing arrives, nothing is closed.',
      targets: ['*->redis', 'orders->mariadb'],
      settings: [],
    },
    {
      targetKey: 'process',
      kindKey: 'action',
      kind: 'pause',
      about: 'SIGSTOP: it stands still.',
      targets: ['orders/1', 'redis'],
      settings: [{ name: 'for', about: 'How long it stands.', usual: '3s', isRequired: true }],
    },
  ];
}

export function rowDetails(): RowDetails {
  return {
    row: { ...firstRow(), name: 'catalog/1' },
    pid: 4_242,
    latencyHistogram: [
      { toMs: 1, count: 12 },
      { toMs: 2, count: 310 },
      { toMs: 4, count: 122 },
      { toMs: 8, count: 9 },
      { toMs: 512, count: 1 },
    ],
    logTail: Array.from(
      { length: 40 },
      (_, line) => `12:00:${String(line).padStart(2, '0')} info 商品 ${line} served`,
    ),
    transitions: [
      { breaker: 'catalog.redis', atMs: 16_200, to: 'open' },
      { breaker: 'catalog.redis', atMs: 21_200, to: 'halfOpen' },
      { breaker: 'catalog.redis', atMs: 21_300, to: 'closed' },
    ],
  };
}

function rows(): readonly TopologyRow[] {
  const services = ['catalog/1', 'catalog/2', 'account/1', 'account/2', 'orders/1', 'orders/2', 'worker/1'];
  return [
    { name: 'balancer', kind: 'balancer', state: 'ready', inFlight: 3, breakers: [] },
    ...services.map((name): TopologyRow => ({ ...firstRow(), name })),
    ...['mariadb', 'redis', 'rabbitmq'].map((name): TopologyRow => {
      return { name, kind: 'store', state: 'ready', latencyMsMean: 0.4, breakers: [] };
    }),
    { name: 'payment', kind: 'outside', state: 'ready', inFlight: 0, breakers: [] },
  ];
}

function firstRow(): TopologyRow {
  return {
    name: 'catalog/1',
    kind: 'service',
    state: 'ready',
    inFlight: 1,
    latencyMsMean: 2.1,
    isEjected: false,
    ejectedCount: 0,
    breakers: [{ name: 'catalog.redis', state: 'closed', forMs: 12_300, openedCount: 0 }],
  };
}

function goodSecond(second: number): SecondState {
  return {
    startMs: second * 1_000,
    plannedCount: 40,
    okCount: 38 + (second % 3),
    p50Ms: 2 + (second % 2),
    p99Ms: 9 + (second % 5),
    availability: 1,
  };
}

function badSecond(second: number): SecondState {
  return { ...goodSecond(second), okCount: 11, p50Ms: 90, p99Ms: 400, availability: 0.2 };
}

function ledgerOf(ok: number, timeout: number): DrillState['ledger'] {
  return {
    planned: ok + timeout,
    ok,
    timeout,
    httpError: 0,
    rejected: 0,
    connectError: 0,
    reset: 0,
    truncated: 0,
    dropped: 0,
    unfinished: 0,
  };
}
