import { describe, expect, it } from 'vitest';
import { type AuditCase, busyShop, caseOf, check, found, messagesAfter } from './audit-case.ts';

const logOf = ({ snapshot }: AuditCase) => found(snapshot.accessLog ?? undefined);

describe('secrets-kept', () => {
  it('names where a secret stands', () => {
    const messages = messagesAfter('secrets-kept', ({ snapshot }) => {
      found(snapshot.secretScan ?? undefined).sightings.push({ file: 'a.log', line: 4, kind: 'card' });
    });
    expect(messages).toEqual(['a card stands in a.log, line 4']);
  });

  it('is unknown without logs, and when there was no secret to look for', () => {
    const state = caseOf(busyShop());
    found(state.snapshot.secretScan ?? undefined).secretCount = 0;
    expect(check('secrets-kept', state).answer).toBe('unknown');
    state.snapshot.secretScan = null;
    expect(check('secrets-kept', state).answer).toBe('unknown');
  });
});

describe('ledger-agrees', () => {
  it('finds another status, a line too many and a line that is missing', () => {
    const messages = messagesAfter('ledger-agrees', (state) => {
      logOf(state).differing.push({ requestId: 'run-1', client: 503, logged: 200 });
      logOf(state).repeated.push('run-2');
      logOf(state).missing.push('run-3');
    });
    expect(messages).toEqual([
      'request run-1 was answered with 503 and logged with 200',
      'request run-2 was answered once and logged more than once',
      'request run-3 was answered and is not in the log',
    ]);
  });

  it('does not know what became of lines when the balancer was killed', () => {
    const state = caseOf(busyShop());
    logOf(state).missing.push('run-3');
    logOf(state).lifeCount = 2;
    expect(check('ledger-agrees', state).answer).toBe('unknown');
  });

  it('is unknown without a log', () => {
    const state = caseOf(busyShop());
    state.snapshot.accessLog = null;
    expect(check('ledger-agrees', state).answer).toBe('unknown');
  });
});
