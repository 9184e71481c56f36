import type { Invariant, InvariantAnswer } from '@stormcart/core';
import { expect, it } from 'vitest';
import { audit, auditUnread, worstAnswer } from './audit.ts';

const answering = (name: string, answer: InvariantAnswer): Invariant => ({
  name,
  about: '',
  check: () => ({ name, answer, checkedCount: 1, findings: [] }),
});

const broken: Invariant = {
  name: 'broken',
  about: '',
  check: () => {
    throw new Error('no such row');
  },
};

it('answers unknown for a check that throws, and still asks the others', () => {
  const results = audit([broken, answering('stock', 'violated')], [], {});
  expect(results.map(({ answer }) => answer)).toEqual(['unknown', 'violated']);
  expect(results[0]?.findings[0]?.message).toContain('no such row');
});

it('lets the worst answer win', () => {
  expect(worstAnswer(audit([answering('a', 'holds'), answering('b', 'unknown')], [], {}))).toBe('unknown');
  expect(worstAnswer(audit([answering('a', 'violated'), answering('b', 'unknown')], [], {}))).toBe(
    'violated',
  );
  expect(worstAnswer(audit([answering('a', 'holds')], [], {}))).toBe('holds');
});

it('knows nothing when the stores could not be read', () => {
  expect(worstAnswer(auditUnread([answering('a', 'holds')], 'mariadb is gone'))).toBe('unknown');
});
