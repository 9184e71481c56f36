import type { ContractWorld } from './contract-world.ts';

/** A fresh order of a fresh customer, and what is asked of it. */
export async function own(world: ContractWorld, suffix: string, body?: object) {
  const { token } = await world.someone();
  const path = `/api/orders/${await world.order(token)}${suffix}`;
  return body === undefined ? { path, token } : { path, token, body };
}

/** An order that has come to the state, and what is asked of it by its customer, or by the admin. */
export async function settled(
  world: ContractWorld,
  { status, cardToken, suffix, body, as }: Settled,
): Promise<{ readonly path: string; readonly token: string; readonly body: object }> {
  const { token } = await world.someone();
  const orderId = await world.orderIn(token, status, cardToken);
  return { path: `/api/orders/${orderId}${suffix}`, token: as === 'admin' ? world.adminToken : token, body };
}

interface Settled {
  readonly status: string;
  readonly cardToken?: string;
  readonly suffix: string;
  readonly body: object;
  readonly as?: 'admin';
}
