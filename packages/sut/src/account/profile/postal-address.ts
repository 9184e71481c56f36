import { z } from 'zod';
import { textSchema } from '../identity/inputs.ts';

const line = textSchema(100);

/** Where things are sent to. Free lines, because no form of our own fits all countries. */
export const postalAddressSchema = z.strictObject({
  street: line,
  addition: line.optional(),
  postcode: textSchema(20),
  city: line,
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'needs two capital letters'),
});

export type PostalAddress = z.infer<typeof postalAddressSchema>;
