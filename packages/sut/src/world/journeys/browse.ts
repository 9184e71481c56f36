import { productAnswer } from './answers.ts';
import { choosePopularProduct, chooseUnknownProduct } from './catalogue-choice.ts';
import type { JourneyKind } from './journey-kind.ts';

/** Old links and typing errors: few, and each must be told so. */
const UNKNOWN_SHARE = 0.02;

export const browse: JourneyKind = {
  name: 'browse',
  about: 'Looks at one product; popular ones far more often, now and then one that does not exist.',
  routes: ['product'],
  async run(_world, visit) {
    const isUnknown = visit.random.chance(UNKNOWN_SHARE);
    const id = isUnknown ? chooseUnknownProduct(visit.random) : choosePopularProduct(visit);
    await visit.request({
      route: 'product',
      method: 'GET',
      path: `/api/product?id=${id}`,
      expect: (status, body) => (isUnknown ? status === 404 : isRightProduct(status, body, id)),
    });
  },
};

/** The product that was asked for, not another one from a mixed-up cache. */
export function isRightProduct(status: number, body: unknown, id: number): boolean {
  const product = productAnswer.safeParse(body);
  return status === 200 && product.success && product.data.id === id;
}
