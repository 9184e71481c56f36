/**
 * Every route behind the balancer and every status that it answers with by contract. Not listed, because any route may
 * give them and no case can bring them about at will: 413 and 504 (each shown once, on the route that matters most),
 * 429 but for credentials, 500, and 503 where a store is needed that the route's neighbour shows. Recommendations and
 * cached products degrade instead of failing.
 */
export const answerTable: Readonly<Record<string, readonly number[]>> = {
  'GET /api/product': [200, 400, 404, 503],
  'GET /api/products': [200, 400, 503],
  'PATCH /api/products/:id': [200, 400, 401, 403, 404, 409],
  'GET /api/recommendations': [200, 400, 401],
  'POST /api/auth/register': [201, 400, 409, 422],
  'POST /api/auth/login': [200, 400, 401, 429],
  'POST /api/auth/mfa/totp': [200, 400, 401, 429],
  'POST /api/auth/mfa/recovery': [200, 400, 401, 429],
  'DELETE /api/auth/session': [204, 401],
  'DELETE /api/auth/sessions': [204, 401],
  'GET /api/profile': [200, 401],
  'PATCH /api/profile': [200, 400, 401, 403, 422],
  'POST /api/profile/mfa': [201, 400, 401, 403, 409],
  'POST /api/profile/mfa/confirmation': [200, 400, 401, 409],
  'DELETE /api/profile/mfa': [204, 400, 401, 403],
  'PUT /api/cart/items/:sku': [202, 400, 401, 404, 503],
  'DELETE /api/cart/items/:sku': [202, 400, 401, 404, 503],
  'GET /api/cart': [200, 400, 401, 409],
  'POST /api/orders': [201, 400, 401, 409, 413, 422, 503, 504],
  'GET /api/orders/:id': [200, 400, 401, 404],
  'POST /api/orders/:id/payments': [202, 400, 401, 402, 404, 409],
  'POST /api/orders/:id/cancellations': [200, 202, 400, 401, 404, 409],
  'POST /api/orders/:id/shipments': [202, 400, 401, 403, 404, 409],
  'POST /api/orders/:id/reviews': [200, 202, 400, 401, 403, 409],
};

export function pairsOf(table: Readonly<Record<string, readonly number[]>>): readonly string[] {
  return Object.entries(table).flatMap(([route, statuses]) => statuses.map((status) => `${status} ${route}`));
}
