import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCardNumber, redact } from './redaction.ts';

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

describe('a line of the log', () => {
  it.each([
    ['a field', { password: 'hush' }],
    ['a field deep down', { a: { b: { c: [{ d: { token: 'hush' } }] } } }],
    ['a value with quotes and backslashes', { password: 'say "hush" \\ "hush"' }],
    ['a list', { recoveryCodes: ['hush', 'hush'] }],
    ['JSON within a text', { reason: `bad input ${JSON.stringify({ password: 'hush' })}` }],
    ['another spelling of the name', { Authorization: 'hush' }],
    ['a header in a message', { msg: `got Authorization: Bearer ${'hush'.repeat(11)}` }],
    ['a password hash', { msg: 'row $argon2id$v=19$m=19456,t=2,p=1$hush$hush' }],
    ['an enrolment', { msg: 'otpauth://totp/Stormcart:x?secret=hush' }],
  ])('loses the secret in %s', (_what, value) => {
    const redacted = redact(line(value));
    expect(redacted).not.toContain('hush');
    expect(redacted).toContain('[secret]');
    expect(() => JSON.parse(redacted)).not.toThrow();
  });

  it('loses card numbers, whatever stands between the digits', () => {
    const redacted = redact(
      line({ msg: 'declined 4111111111111111, 5555 5555 5555 4444 and 3782-822463-10005' }),
    );
    expect(JSON.parse(redacted)).toEqual({ msg: 'declined [secret], [secret] and [secret]' });
  });

  it('keeps what is no secret', () => {
    const value = {
      level: 'info',
      time: '2026-11-23T21:18:52.123Z',
      requestId: '0b54ad4e-4111-4111-8111-111111111111',
      route: '/api/orders/:id',
      tookMs: 12.3456789012345,
      seq: 1_700_000_000_123,
      times: [4_111_111_111_111_111, 4_111_111_111_111_111],
      at: 4_111_111_111_111_111,
      msg: 'request 4111111111111112',
    };
    expect(redact(line(value))).toBe(line(value));
  });

  it('takes time in proportion to its length, whatever is in it', () => {
    const repeated = ['"password":"', '\\"password\\":\\"', '1 ', '1', 'Bearer ', '"recoveryCodes":['];
    for (const piece of repeated) {
      const startedMs = performance.now();
      redact(piece.repeat(20_000));
      // Some 50 ms; where it grew with the square it took four seconds.
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    }
  });

  it('stays the same JSON in all that is not secret, and keeps no secret field', () => {
    const value = fc.record({
      note: fc.string(),
      inner: fc.record({ password: fc.string(), count: fc.nat(999) }),
    });
    fc.assert(
      fc.property(value, ({ note, inner }) => {
        const parsed = JSON.parse(redact(line({ note, inner }))) as { inner: unknown };
        expect(parsed.inner).toEqual({ password: '[secret]', count: inner.count });
      }),
    );
  });
});

it('knows card numbers by length and check digit', () => {
  for (const yes of ['4111111111111111', '5555 5555 5555 4444', '378282246310005', '6011-1111-1111-1117']) {
    expect(isCardNumber(yes)).toBe(true);
  }
  for (const no of ['4111111111111112', '411111111111', '41111111111111111111', 'tok_visa', '']) {
    expect(isCardNumber(no)).toBe(false);
  }
});
