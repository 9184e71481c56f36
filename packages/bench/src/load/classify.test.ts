import { expect, it } from 'vitest';
import { classifyAnswer, classifyOperation } from './classify.ts';

const operation = { action: 'probe', key: 'k', input: {} };

it.each([
  [200, {}, true, 'ok'],
  [429, {}, true, 'ok'],
  [200, {}, false, 'httpError'],
  [404, {}, false, 'httpError'],
  [429, {}, false, 'rejected'],
  [503, {}, false, 'httpError'],
  [503, { 'retry-after': '1' }, false, 'rejected'],
  [500, { 'retry-after': '1' }, false, 'httpError'],
] as const)('counts %d with %j, expected: %s, as %s', (status, headers, isExpected, outcome) => {
  const fields = new Map<string, string>(Object.entries(headers));
  expect(classifyAnswer(status, fields, isExpected)).toBe(outcome);
});

it.each([
  [201, true, 'ok'],
  [302, true, 'fail'],
  [409, true, 'fail'],
  [500, true, 'info'],
  [504, true, 'info'],
  [undefined, true, 'info'],
  [undefined, false, 'fail'],
] as const)('knows of an operation answered with %s, sent: %s, that it is %s', (status, wasSent, outcome) => {
  expect(classifyOperation(operation, status, wasSent)).toBe(outcome);
});

it("goes by the operation's own reading of a status, but not where there was none", () => {
  const own = { ...operation, outcome: () => 'fail' as const };
  expect(classifyOperation(own, 500, true)).toBe('fail');
  expect(classifyOperation(own, undefined, true)).toBe('info');
});
