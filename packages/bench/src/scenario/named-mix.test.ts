import { expect, it } from 'vitest';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import { brief, changed } from '../../test/fixture/read-scenario.ts';
import { parseScenario } from './parse-scenario.ts';

const text = changed('mix: {browse: 70, search: 15, checkout: 15}', 'mix: odd');

/** The paper shop with a mix of these weights. */
function problemsWith(weights: Readonly<Record<string, number>>): readonly string[] {
  const system: typeof paperShop = {
    ...paperShop,
    describe: (config) => ({
      ...paperShop.describe(config),
      mixes: [{ name: 'odd', about: 'Odd.', weights }],
    }),
  };
  const result = parseScenario({ content: text, file: 'drill.yaml', system });
  return result.kind === 'bad' ? result.problems.map(brief) : [];
}

it('a mix is refused where it names a journey that there is not, or has a weight that is none', () => {
  expect(problemsWith({ browse: 1, search: 0.5 })).toEqual([]);
  expect(problemsWith({ browse: 1, brwose: 1 })).toContainEqual(expect.stringMatching(/^11:8 .*brwose/));
  expect(problemsWith({ browse: -1 })).toContainEqual(expect.stringMatching(/^11:8 `mix`/));
});
