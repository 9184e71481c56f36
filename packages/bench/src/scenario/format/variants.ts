import { z } from 'zod';

type Choose = (value: unknown) => z.ZodType;

const choices = new WeakMap<z.ZodType, Choose>();

/**
 * A value with several shapes. `choose` says which one its writer was after, so that messages are
 * about that one; a plain union could only say that none of all fits.
 */
export function variants<Shapes extends readonly z.ZodType[]>(
  shapes: Shapes,
  about: string,
  choose: Choose,
): z.ZodUnion<Shapes> {
  // meta() makes a copy, so it comes before the schema is remembered.
  const union = z.union(shapes).meta({ description: about });
  choices.set(union, choose);
  return union;
}

/** The shape to read this value by. */
export function chosenShape(schema: z.ZodType, value: unknown): z.ZodType {
  return choices.get(schema)?.(value) ?? schema;
}
