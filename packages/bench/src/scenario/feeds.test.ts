import { describe, expect, it } from 'vitest';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import { brief } from '../../test/fixture/read-scenario.ts';
import { parseScenario } from './parse-scenario.ts';
import { scenarioContent } from './scenario-content.ts';

const text = `version: 1
name: fed
topology: external
external: {entry: http://127.0.0.1:8080}
requests:
  login:
    method: POST
    path: /login?from={users.city}
    headers: {x-user: "{users.name}"}
    body: {name: "{users.name}", code: "{codes.code}"}
  home: {path: /}
feeds:
  users: {file: users.csv}
  codes: {file: codes.jsonl, order: once}
load:
  stages: [{for: 10s, rate: 10/s}]
gates:
  - success >= 99%
`;

/** Nothing for a number that is none. */
function codes(count: number): string {
  return Array.from({ length: count || 0 }, (_, code) => JSON.stringify({ code })).join('\n');
}

const files: Readonly<Record<string, string>> = {
  'users.csv': 'name,city\nada,London\ngrace,New York\n',
  'codes.jsonl': codes(80),
  'few.jsonl': '{"code": 1}\n',
  'short.csv': 'name,city\nada,London\ngrace\n',
  'more.csv': 'name,city\nada,London\ngrace,New York\njean,Paris\n',
  'foreign.csv': 'name,city\nada,London\ngrace,X\nJosé,Madrid\n',
  'named.csv': 'name,town\nada,London\n',
};

function read(content: string) {
  return parseScenario({
    content,
    file: 'fed.yaml',
    system: paperShop,
    readBeside: (path) => {
      const found = files[path] ?? codes(Number(/^(\d+)-codes/.exec(path)?.[1]));
      if (found === '') throw new Error('ENOENT: no such file');
      return found;
    },
  });
}

function changed(from: string, to: string): string {
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`${from} occurs ${pieces.length - 1} times`);
  return pieces.join(to);
}

function problems(content: string): readonly string[] {
  const result = read(content);
  return result.kind === 'ok' ? [] : result.problems.map(brief);
}

function parsed(content: string) {
  const result = read(content);
  if (result.kind === 'bad') throw new Error(result.problems.map(brief).join('\n'));
  return result;
}

describe('feeds', () => {
  it('are read with the scenario, whose content tells one file from another', () => {
    const { scenario, warnings } = parsed(text);
    expect(warnings).toEqual([]);
    expect(scenario.feeds?.get('users')).toMatchObject({
      file: 'users.csv',
      order: 'in-turn',
      records: { fields: ['name', 'city'], lines: [2, 3] },
    });
    const content = scenarioContent(scenario);
    expect(content['feeds.users.records']).toMatch(/^2 records, sha256 [\da-f]{16}$/);
    const other = scenarioContent(parsed(changed('users.csv', 'more.csv')).scenario);
    expect(other['feeds.users.records']).toMatch(/^3 records/);
    expect(content['feeds.codes.order']).toBe('once');
  });

  it.each([
    ['a file that is not there', 'users.csv', 'user.csv', '13:17 cannot read user.csv: ENOENT: no such file'],
    ['a bad line', 'users.csv', 'short.csv', '13:17 short.csv:3: 1 value, other than the lines before it'],
    ['a field that the file has not', 'users.csv', 'named.csv', '8:11 there are no values for {users.city}'],
    [
      'a misspelt field',
      '{users.city}',
      '{users.ctiy}',
      '8:11 there are no values for {users.ctiy} | users.city',
    ],
    [
      'a misspelt feed',
      '{users.city}',
      '{user.city}',
      '8:11 there are no values for {user.city} | users.city',
    ],
    [
      'a value that no header can carry',
      'users.csv',
      'foreign.csv',
      '9:23 foreign.csv:4: the header x-user carries one line of ASCII only',
    ],
    [
      'a file of another kind',
      'users.csv',
      'users.txt',
      "13:17 `file`: the name of a feed's file ends in .csv, .jsonl, .ndjson",
    ],
    ['an unknown order', 'order: once', 'order: onec', '14:37 `order` cannot be `onec` | once'],
    [
      'a name that is none',
      '  users:',
      '  Users:',
      expect.stringMatching(/^13:3 a feed is named by letters/),
    ],
    [
      'fewer records than visits, once each',
      'codes.jsonl',
      'few.jsonl',
      expect.stringMatching(
        /^14:35 few\.jsonl has 1 record to be used once each, and this load makes \d+ visits that need one$/,
      ),
    ],
  ])('with %s are refused', (_, from, to, expected) => {
    expect(problems(changed(from, to))).toContainEqual(expected);
  });

  it('suffice exactly where each visit finds a record', () => {
    const [told = ''] = problems(changed('codes.jsonl', 'few.jsonl'));
    const wanted = Number(/makes (\d+) visits/.exec(told)?.[1]);
    // Half of a hundred arrivals, more or less.
    expect(Math.abs(wanted - 50)).toBeLessThan(25);
    const withCodes = (count: number) => problems(changed('codes.jsonl', `${count}-codes.jsonl`));
    expect(withCodes(wanted)).toEqual([]);
    expect(withCodes(wanted - 1)).toHaveLength(1);
  });

  it('that nothing is taken from are doubtful', () => {
    const { warnings } = parsed(changed(', code: "{codes.code}"', ''));
    expect(warnings.map(brief)).toEqual([
      '14:3 no request takes anything from this feed; write {codes.field}',
    ]);
  });
});
