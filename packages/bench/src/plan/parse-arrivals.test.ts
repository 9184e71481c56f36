import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutArrivals, parseArrivals } from './parse-arrivals.ts';

const journeys = ['browse', 'cart'];
const parse = (text: string) => parseArrivals(text, journeys);

describe('a file of arrivals', () => {
  it('is times, with or without journeys', () => {
    const bare = parse('\uFEFFms\r\n0\r\n12.5\r\n\r\n12.5');
    expect(bare).toEqual({ kind: 'ok', recorded: { timesMs: Float64Array.of(0, 12.5, 12.5), journeys: [] } });
    const named = parse('ms,journey\n3,cart\n4, browse\n');
    expect(named).toMatchObject({ kind: 'ok', recorded: { journeys: ['cart', 'browse'] } });
    expect(parse('"ms","journey"\n"3","cart"\n4,"browse"\n')).toEqual(named);
  });

  it.each([
    ['', 1, 'the first line must be `ms` or `ms,journey`, found ""'],
    ['seconds\n1', 1, 'the first line must be `ms` or `ms,journey`, found "seconds"'],
    ['ms\n', 2, 'there is no arrival in it'],
    ['ms\n1\nsoon', 3, '"soon" is no time in milliseconds'],
    ['ms\n-1', 2, '"-1" is no time in milliseconds'],
    ['ms\n1e9', 2, '"1e9" is no time in milliseconds'],
    ['ms\n5\n4', 3, '4 lies before the time above it'],
    ['ms\n5,cart', 2, 'expected a time, found "5,cart"'],
    ['ms,journey\n5', 2, 'expected a time and a journey, found "5"'],
    ['ms,journey\n5,cart,1', 2, 'expected a time and a journey, found "5,cart,1"'],
    ['ms,journey\n5,carts', 2, 'there is no journey "carts"; accepted are browse, cart'],
  ])('is refused with its line: %j', (text, line, problem) => {
    expect(parse(text)).toEqual({ kind: 'bad', line, problem });
  });

  it('never throws, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['ok', 'bad']).toContain(parse(`ms\n${text}`).kind);
      }),
    );
  });

  it('can be cut', () => {
    const recorded = { timesMs: Float64Array.of(0, 5, 5, 9), journeys: ['browse', 'cart', 'cart', 'browse'] };
    expect(cutArrivals(recorded, 5)).toEqual({ timesMs: Float64Array.of(0), journeys: ['browse'] });
    expect(cutArrivals(recorded, 10)).toEqual(recorded);
  });
});
