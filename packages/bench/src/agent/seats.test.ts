import { expect, it } from 'vitest';
import { createSeats, READY_MS_MAX, SILENT_MS_MAX } from './seats.ts';

const readyNews = (name: string, uncertaintyMs = 1) => ({ kind: 'ready', name, uncertaintyMs }) as const;
const runningNews = (name: string) => ({ kind: 'running', name, atMs: 1, answers: 1, ok: 1 }) as const;
const gone = (name: string) => ({ kind: 'lost', name, reason: `agent ${name} was told to leave` }) as const;

it('counts an agent as ready for as long as it is heard of', () => {
  const seats = createSeats(2);
  seats.hear(0, readyNews('a'), 0);
  seats.hear(1, readyNews('b', 7), READY_MS_MAX);
  expect(seats.ready(READY_MS_MAX)).toEqual(['a', 'b']);
  expect(seats.ready(READY_MS_MAX + 1)).toEqual(['b']);
  expect(seats.leastCertain()).toEqual({ name: 'b', uncertaintyMs: 7 });
});

it('lets another agent take a share before the start, and nobody after it', () => {
  const seats = createSeats(1);
  seats.hear(0, readyNews('dead'), 0);
  seats.hear(0, readyNews('heir'), 100);
  seats.begin(200);
  seats.hear(0, runningNews('thief'), 200 + SILENT_MS_MAX);
  seats.loseSilent(201 + SILENT_MS_MAX);
  expect(seats.outcomes).toEqual([
    {
      kind: 'lost',
      name: 'agent heir (share 1 of 1)',
      reason: expect.stringMatching(/^agent heir .* is lost/),
    },
  ]);
});

it('calls a share lost when somebody else ends it', () => {
  const seats = createSeats(1);
  seats.hear(0, readyNews('dead'), 0);
  seats.begin(0);
  seats.end(0, gone('heir'));
  expect(seats.outcomes[0]).toMatchObject({ kind: 'lost', reason: 'agent dead (share 1 of 1) is gone' });
});

it('keeps the first end of a share, whatever comes after it', () => {
  const seats = createSeats(2);
  seats.hear(0, readyNews('a'), 0);
  seats.hear(1, readyNews('b'), 0);
  seats.begin(0);
  seats.end(0, gone('a'));
  seats.fail(0, 'stalled');
  seats.loseSilent(SILENT_MS_MAX + 1);
  seats.loseRest('did not end in time');
  expect(seats.outcomes.map((outcome) => outcome?.kind === 'lost' && outcome.reason)).toEqual([
    'agent a was told to leave',
    expect.stringMatching(/^agent b \(share 2 of 2\) is lost: nothing was heard of it for 5 s/),
  ]);
});

it('says whose share could not be run, with the kind of error that it was', () => {
  const seats = createSeats(1);
  seats.hear(0, readyNews('a'), 0);
  seats.end(0, {
    kind: 'failed',
    name: 'a',
    error: { kind: 'usage', code: 'BAD_AUTHORITY', message: 'no PEM' },
  });
  expect(seats.outcomes[0]).toMatchObject({
    kind: 'failed',
    error: { kind: 'usage', code: 'BAD_AUTHORITY', message: 'agent a (share 1 of 1): no PEM' },
  });
});

it('loses a share whose agent goes on, when what it sends has gaps', () => {
  const seats = createSeats(2);
  seats.hear(0, readyNews('a'), 0);
  seats.begin(0);
  seats.lose(0, 'batch 3 never came');
  seats.end(0, { kind: 'lost', name: 'a', reason: 'later' });
  expect(seats.outcomes[0]).toMatchObject({
    kind: 'lost',
    reason: 'agent a (share 1 of 2): batch 3 never came',
  });
});
