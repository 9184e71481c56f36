import { describe, expect, it } from 'vitest';
import { run } from './journey-run.ts';
import { answer } from './scripted-visit.ts';

describe('search', () => {
  it('takes an empty page for wrong where the word is known', async () => {
    const found = await run('search');
    expect(found.outcomes).toEqual(['ok']);
    const empty = await run('search', () => answer(200, { items: [] }));
    expect(empty.outcomes).toEqual(['httpError']);
  });
});
