import { describe, expect, it } from 'vitest';
import { firstRun, type Run, run } from './journey-run.ts';
import { answer, problem } from './scripted-visit.ts';

const isUnknown = ({ visit }: Run): boolean =>
  Number(visit.requests[0]?.path.replace('/api/product?id=', '')) > 10_000;

describe('browse', () => {
  it('takes 404 for right only where the product does not exist', async () => {
    const known = await run('browse', () => problem(404, 'not-found'), { seed: 1 });
    expect(isUnknown(known)).toBe(false);
    expect(known.outcomes).toEqual(['httpError']);
    const unknown = await firstRun(isUnknown, (seed) => run('browse', undefined, { seed }));
    expect(unknown.outcomes).toEqual(['ok']);
  });

  it('takes another product than the asked one for wrong', async () => {
    const { outcomes } = await run('browse', () => answer(200, { id: 0, name: 'Lamp', priceCents: 5 }));
    expect(outcomes).toEqual(['httpError']);
  });
});
