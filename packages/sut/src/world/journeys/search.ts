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
    const word = chooseSearchWord(visit.random);
    await visit.request({
      route: 'search',
      method: 'GET',
      path: `/api/products?q=${encodeURIComponent(word)}&limit=${LIMIT}`,
      expect: (status, body) => {
        const found = searchAnswer.safeParse(body);
        return status === 200 && found.success && found.data.items.length <= LIMIT;
      },
    });
  },
};
