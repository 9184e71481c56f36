import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goodText, read } from '../../test/fixture/read-scenario.ts';
import { renderProblems } from './problem.ts';

/** Pieces that mean something to YAML, to scenarios or to JavaScript. */
const words =
  '{ } [ ] : , - * &a *a ! !!int | > " \' # % @ --- ... << ? ~ null .inf -1 0 1e999 99% 5s 40/s __proto__ constructor hole p99 during=hole -> 😀';
const piece = fc.constantFrom(...words.split(' '), ' ', '\t', '\n', '\r', '\u0000', '\uFEFF', '\u2028');

const mutation = fc.record({
  at: fc.nat(goodText.length),
  removed: fc.nat(12),
  added: fc.oneof(piece, fc.string({ maxLength: 6 }), fc.constant('')),
});

function mutate(text: string, mutations: readonly { at: number; removed: number; added: string }[]): string {
  let result = text;
  for (const { at, removed, added } of mutations) {
    result = result.slice(0, at) + added + result.slice(at + removed);
  }
  return result;
}

/** The answer is either a scenario or problems that can be shown, each inside the text. */
function expectAnswer(content: string | Uint8Array): void {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString();
  const result = read(content);
  const problems = result.kind === 'ok' ? result.warnings : result.problems;
  if (result.kind === 'bad') expect(problems.length).toBeGreaterThan(0);
  const lineCount = text.split('\n').length;
  for (const { line, column, message } of problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lineCount);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).not.toMatch(/\[object|undefined|\bat \w+ \(|Invalid input/);
  }
  expect(() => renderProblems('drill.yaml', text, problems)).not.toThrow();
}

describe('whatever it is given, the parser answers', () => {
  it('bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), expectAnswer), { numRuns: 150 });
  });

  it('texts of YAML pieces', () => {
    const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(texts, expectAnswer), { numRuns: 200 });
  });

  it('a good scenario with slips', () => {
    const slips = fc.array(mutation, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(slips, (mutations) => expectAnswer(mutate(goodText, mutations))),
      { numRuns: 300 },
    );
  });

  it('a good scenario with one value replaced by any JSON', () => {
    const keys = [...goodText.matchAll(/(?<=[\s{])(\w+): /g)].map((match) => match.index + match[0].length);
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.json({ maxDepth: 2 }), (at, json) => {
        const end = /[,}\n]/.exec(goodText.slice(at))?.index ?? 0;
        expectAnswer(goodText.slice(0, at) + json + goodText.slice(at + end));
      }),
      { numRuns: 200 },
    );
  });

  it('any path and value to override', () => {
    const path = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc
        .array(fc.constantFrom('load', 'mix', 'stages', '0', 'faults', 'hole', '[1]', '__proto__', 'gates'), {
          maxLength: 4,
        })
        .map((steps) => steps.join('.')),
    );
    fc.assert(
      fc.property(path, fc.oneof(piece, fc.string(), fc.json()), (where, value) => {
        const result = read(goodText, { set: [[where, value]] });
        expect(['ok', 'bad']).toContain(result.kind);
      }),
      { numRuns: 200 },
    );
  });
});
