import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReplyReader, type RedisReply } from './redis-replies.ts';

function repliesIn(pieces: readonly Buffer[]): readonly RedisReply[] {
  const replies: RedisReply[] = [];
  const reader = createReplyReader((reply) => replies.push(reply));
  for (const piece of pieces) reader.push(piece);
  return replies;
}

const stream = Buffer.from(
  [
    '+OK\r\n',
    '+1795660622.111655 [0 127.0.0.1:59552] "set" "x" "a\\r\\nb"\r\n',
    '$17\r\nblocked_clients:1\r\n',
    '-ERR unknown command\r\n',
    '$0\r\n\r\n',
    '$-1\r\n',
    ':7\r\n',
  ].join(''),
);

const expected = [
  { kind: 'text', text: 'OK' },
  { kind: 'text', text: 'blocked_clients:1' },
  { kind: 'error', text: 'ERR unknown command' },
  { kind: 'text', text: '' },
  { kind: 'text', text: '' },
  { kind: 'text', text: '7' },
];

it('tells the answers, however they are cut, and skips what is told of other clients', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
      const places = [0, ...cuts.toSorted((left, right) => left - right), stream.length];
      const pieces = places.slice(1).map((place, index) => stream.subarray(places[index], place));
      expect(repliesIn(pieces)).toEqual(expected);
    }),
  );
});

it('keeps no more than the beginning of a long line', () => {
  const told = Buffer.from(`+1795660622.1 [0 lua] "set" "${'x'.repeat(1_000_000)}"\r\n+OK\r\n`);
  expect(repliesIn([told.subarray(0, 500_000), told.subarray(500_000)])).toEqual([
    { kind: 'text', text: 'OK' },
  ]);
});
