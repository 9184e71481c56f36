import { z } from 'zod';

/** What the shop's answers look like to a customer, as far as a customer looks. Money in integer cents. */
export const productAnswer = z.object({ id: z.int(), name: z.string(), priceCents: z.int() });

export const searchAnswer = z.object({
  items: z.array(z.object({ id: z.int(), name: z.string(), priceCents: z.int() })),
});

export const registerAnswer = z.object({ customerId: z.int() });

export const loginAnswer = z.object({ token: z.string().min(1), customerId: z.int() });

export const cartPutAnswer = z.object({ seq: z.int() });

export const cartAnswer = z.object({
  seq: z.int(),
  items: z.array(z.object({ sku: z.int(), quantity: z.int() })),
  totalCents: z.int(),
});
export type CartAnswer = z.infer<typeof cartAnswer>;

export const orderStateAnswer = z.object({
  orderId: z.string(),
  status: z.enum(['RESERVED', 'PAYING', 'PAID', 'SHIPPED', 'CANCELLED', 'REFUNDING', 'REFUNDED']),
});

/** Whether the body has the shape. */
export function fits(schema: z.ZodType, body: unknown): boolean {
  return schema.safeParse(body).success;
}

const problemAnswer = z.object({ type: z.string() });
const PROBLEM_PREFIX = 'urn:stormcart:problem:';

/** The kind of problem an error answer names (`out-of-stock`), or undefined. */
export function problemOf(body: unknown): string | undefined {
  const parsed = problemAnswer.safeParse(body);
  return parsed.success && parsed.data.type.startsWith(PROBLEM_PREFIX)
    ? parsed.data.type.slice(PROBLEM_PREFIX.length)
    : undefined;
}
