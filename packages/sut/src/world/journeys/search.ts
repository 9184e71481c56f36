import { searchAnswer } from './answers.ts';
import { chooseSearchWord } from './catalogue-choice.ts';
import type { JourneyKind } from './journey-kind.ts';

/** One page of results. */
const LIMIT = 20;

export const search: JourneyKind = {
  name: 'search',
  about: 'Searches the catalogue for a word.',
  routes: ['search'],
  async run(_world, visit) {
    const { word, isKnown } = chooseSearchWord(visit.random);
    await visit.request({
      route: 'search',
      method: 'GET',
      path: `/api/products?q=${encodeURIComponent(word)}&limit=${LIMIT}`,
      expect: (status, body) => status === 200 && isRightPage(body, isKnown),
    });
  },
};

/** An empty page is right for a word that no product has, and for no other. */
function isRightPage(body: unknown, isKnown: boolean): boolean {
  const found = searchAnswer.safeParse(body);
  if (!found.success || found.data.items.length > LIMIT) return false;
  return found.data.items.length > 0 === isKnown;
}
