import { describe, expect, it } from 'vitest';
import { brief, problemsOf } from '../../test/fixture/read-scenario.ts';

const EMPTY = '1:1 the file is empty; `stormcart init` writes a scenario to start from';
const BINARY = '1:1 the file is binary, not a YAML text';

describe('a file that is no scenario', () => {
  it.each([
    ['nothing', '', EMPTY],
    ['comments only', '# later\n', EMPTY],
    ['a null', '~', EMPTY],
    ['a document marker', '---\n', EMPTY],
    ['a text', 'hello', '1:1 a scenario is a map of keys such as `name:` and `load:`, found "hello"'],
    ['a list', '- a\n- b', '1:1 a scenario is a map of keys such as `name:` and `load:`, found a list'],
    ['a number', '17', '1:1 a scenario is a map of keys such as `name:` and `load:`, found the number 17'],
    ['a zero byte', 'name: \0', BINARY],
    ['a tab as indentation', 'load:\n\tmix: {}', '2:1 YAML is indented with spaces; there is a tab here'],
    ['two documents', 'a: 1\n---\nb: 2', '2:1 a scenario is one YAML document; a second one begins here'],
    ['a duplicate key', 'name: a\nname: b', '2:1 `name` is given twice in the same map'],
    ['a duplicate inner key', 'load: {mix: 1, mix: 2}', '1:16 `mix` is given twice in the same map'],
    [
      'an old version',
      '%YAML 1.1\n---\na: yes',
      '1:1 scenarios are YAML 1.2; remove the directive %YAML 1.1',
    ],
    ['an unclosed quote', 'name: "a\nseed: 1', '2:8 this is not YAML: missing closing "quote'],
    [
      'an unclosed list',
      'gates: [a\nseed: 1',
      '2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'a gate with labels inside brackets',
      'gates: [p99{route=a,during=b} < 1s]',
      '1:12 this is not YAML: missing , or : between flow sequence items; inside [ ], a gate with labels needs quotes',
    ],
    [
      'an unquoted star',
      'link: *->redis',
      '1:7 the alias *->redis refers to no anchor above it; if you mean the text, put it in quotes: "*->redis"',
    ],
    [
      'an alias before its anchor',
      'a: *b\nc: &b 1',
      '1:4 the alias *b refers to no anchor above it; if you mean the text, put it in quotes: "*b"',
    ],
    [
      'an alias in a circle',
      'load: &load {mix: *load}',
      '1:19 the alias *load lies inside what it refers to',
    ],
    [
      'a tag of its own',
      'name: !secret a',
      '1:15 the tag !secret means nothing here; if you mean the text, put it in quotes',
    ],
    ['a map as a key', '{a: 1}: 2', '1:1 a key is a word here, not a list, a map or an alias'],
  ])('%s is named in one message', (_name, text, expected) => {
    expect(problemsOf(text).map(brief)).toEqual([expected]);
    expect(problemsOf(Buffer.from(text)).map(brief)).toEqual([expected]);
  });

  it('that is an image is binary', () => {
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
    expect(problemsOf(png).map(brief)).toEqual([BINARY]);
  });

  it('in Latin-1 is shown its first wrong byte', () => {
    const text = Buffer.from('version: 1\nname: caf\u00e9\n', 'latin1');
    expect(problemsOf(text).map(brief)).toEqual([
      '2:10 the file is not valid UTF-8 from here on; save it as UTF-8',
    ]);
  });

  it('of more than 1 MiB is not read', () => {
    const text = `# ${'x'.repeat(1_048_576)}`;
    expect(problemsOf(text).map(brief)).toEqual([
      '1:1 the file has 1048578 bytes; a scenario has at most 1 MiB',
    ]);
  });
});

describe('a file that means harm', () => {
  it.each([
    ['nests lists', '['.repeat(20_000)],
    ['nests entries', '- '.repeat(20_000)],
  ])('%s too deeply and is refused in one message', (_name, text) => {
    const [problem, ...others] = problemsOf(text);
    expect(problem?.message).toBe('lists or maps are nested too deeply here');
    expect(others).toEqual([]);
  });

  it('multiplies aliases and is refused', () => {
    const levels = Array.from({ length: 9 }, (_, index) => {
      const inner = Array.from({ length: 9 }, () => (index === 0 ? 'lol' : `*level${index - 1}`));
      return `level${index}: &level${index} [${inner.join(', ')}]`;
    });
    const messages = problemsOf(levels.join('\n')).map(({ message }) => message);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('alias');
  });

  it('uses more than a hundred aliases and is refused', () => {
    const text = `a: &a 1\nb: [${Array.from({ length: 101 }, () => '*a').join(', ')}]`;
    expect(problemsOf(text).map(({ message }) => message)).toEqual(['more than 100 aliases']);
  });

  it('has tens of thousands of keys and is read in a moment', () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');
    const startedMs = performance.now();
    const problems = problemsOf(text);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)?.message).toBe('and 59903 more problems');
    // Comparing every key with every other would take minutes.
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  }, 60_000);

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'has a key %s and is told so',
    (key) => {
      const messages = problemsOf(`${key}: {polluted: true}\nversion: 1`).map(({ message }) => message);
      expect(messages).toContain(`unknown key \`${key}\``);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );
});
