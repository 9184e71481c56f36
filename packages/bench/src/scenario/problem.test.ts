import { describe, expect, it } from 'vitest';
import { type Problem, pathText, renderProblems } from './problem.ts';

const problem: Problem = {
  line: 2,
  column: 3,
  path: 'a.b',
  message: 'unknown key `polices`',
  suggestion: 'policies',
  accepted: ['name', 'policies'],
};

describe('problems for people', () => {
  it('show the place, the line with a caret, what was meant and what is accepted', () => {
    expect(renderProblems('drill.yaml', 'a:\n  polices: 1\n', [problem])).toBe(
      [
        'drill.yaml:2:3: unknown key `polices`',
        '  2 |   polices: 1',
        '        ^',
        '  did you mean policies?',
        '  accepted: name, policies',
      ].join('\n'),
    );
  });

  it('are set apart by an empty line', () => {
    expect(renderProblems('drill.yaml', 'a:\n  polices: 1\n', [problem, problem]).split('\n\n')).toHaveLength(
      2,
    );
  });

  it('cut a long line around the caret', () => {
    const text = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
    const lines = renderProblems('f', text, [{ line: 1, column: 501, path: '', message: 'm' }]).split('\n');
    const [, excerpt = '', caret = ''] = lines;
    expect(excerpt.length).toBeLessThan(90);
    expect(excerpt.slice(caret.indexOf('^')).startsWith('HERE')).toBe(true);
  });

  it('keep the caret in place after tabs and control characters', () => {
    const text = '\t\u0007\u001b[31mHERE';
    const [, excerpt = '', caret = ''] = renderProblems('f', text, [
      { line: 1, column: 8, path: '', message: 'm' },
    ]).split('\n');
    expect(excerpt.slice(caret.indexOf('^')).startsWith('HERE')).toBe(true);
    expect(excerpt).not.toMatch(/\p{Cc}/u);
  });

  it('have no excerpt where the text has no such line', () => {
    expect(renderProblems('f', '', [{ line: 1, column: 1, path: '', message: 'empty' }])).toBe(
      'f:1:1: empty',
    );
  });

  it('show nothing of a binary file', () => {
    expect(renderProblems('f', 'a\0b', [{ line: 1, column: 1, path: '', message: 'binary' }])).toBe(
      'f:1:1: binary',
    );
  });

  it('have colour only when asked', () => {
    expect(renderProblems('f', 'a\nb', [problem])).not.toContain('\u001b');
    expect(renderProblems('f', 'a\nb', [problem])).not.toContain('warning');
    expect(renderProblems('f', 'a\nb', [problem], { areWarnings: true })).toMatch(/^f:\d+:\d+: warning: /);
    expect(renderProblems('f', 'a\nb', [problem], { hasColour: true })).toContain('\u001b[');
  });
});

it('a path is written as in JavaScript', () => {
  expect(pathText(['load', 'stages', 1, 'rate'])).toBe('load.stages[1].rate');
  expect(pathText([])).toBe('');
});
