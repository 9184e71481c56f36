import {
  type Attribute,
  type FamilyName,
  type FaultFamily,
  type FaultKind,
  faultFamilies,
} from '@stormcart/chaos';
import { duration } from '@stormcart/core';
import { z } from 'zod';
import { isPlainMap, quantity, text, wholeNumber, word } from './value.ts';
import { variants } from './variants.ts';

/** A day: the longest lease. */
const LONGEST_FAULT_MS = 86_400_000;

/** Words that `during` uses for phases which are no faults. */
export const reservedFaultIds: readonly string[] = ['warmup', 'baseline', 'recovery'];

const families = Object.entries(faultFamilies) as readonly (readonly [FamilyName, FaultFamily])[];

/**
 * The family that an entry is meant for: the one whose keys it has, all before some. An entry that has none of
 * them is taken for a link's, so that what is said about it is about one family.
 */
export function familyOf(entry: Readonly<Record<string, unknown>>): FamilyName {
  const score = ([, { targetKey, kindKey }]: (typeof families)[number]): number =>
    // A family is told by its kind; several break the same things.
    (entry[kindKey] === undefined ? 0 : 2) + (entry[targetKey] === undefined ? 0 : 3);
  const [best] = families.toSorted((left, right) => score(right) - score(left));
  return best?.[0] ?? 'link';
}

const lease = {
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, {
      error: 'a fault id is 1 to 40 lower-case letters, digits and dashes, beginning with a letter',
    })
    .meta({ description: 'names the fault in gates and reports' }),
  at: quantity(duration, 'when it begins, from the start of the load with its warm-up', {
    min: 0,
    max: LONGEST_FAULT_MS,
  }),
  for: quantity(duration, 'how long it lasts', { min: 1, max: LONGEST_FAULT_MS }),
};

const onePattern = z.string().min(1);
const patternList = z.array(z.string().min(1)).min(1);

function patterns(about: string) {
  return variants(
    [onePattern, patternList],
    `${about}; * stands for any characters; one pattern or a list`,
    (value) => (Array.isArray(value) ? patternList : onePattern),
  );
}

function attributeShape(kind: FaultKind): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(kind.attributes).map(([name, attribute]) => [name, attributeFormat(attribute)]),
  );
}

function attributeFormat(attribute: Attribute): z.ZodType {
  const { about } = attribute;
  switch (attribute.kind) {
    case 'quantity': {
      const { unit, min, max, usual, isOptional } = attribute;
      const schema = quantity(unit, about, { min, max });
      if (isOptional === true) return schema.optional();
      return usual === undefined ? schema : schema.prefault(unit.format(usual));
    }
    case 'count':
      return withUsual(wholeNumber(about, attribute.min, attribute.max), attribute.usual);
    case 'word':
      return withUsual(word(attribute.accepted, about), attribute.usual);
    case 'text':
      return withUsual(text(about).min(1).max(attribute.lengthMax), attribute.usual);
  }
}

function withUsual(schema: z.ZodType, usual: number | string | undefined): z.ZodType {
  return usual === undefined ? schema : schema.prefault(usual);
}

interface FamilyFormats {
  readonly byKind: ReadonlyMap<unknown, z.ZodType>;
  /** For a fault whose kind is not known: its settings cannot be judged, all else can. */
  readonly anyKind: z.ZodType;
}

function formatsOf({ targetKey, kindKey, kinds, about }: FaultFamily): FamilyFormats {
  const common = { ...lease, [targetKey]: targetFormats[targetKey] };
  const byKind = Object.entries(kinds).map(([name, kind]) => {
    const shape = { ...common, [kindKey]: z.literal(name), ...attributeShape(kind) };
    return [name, z.strictObject(shape).meta({ description: kind.about })] as const;
  });
  const anyKind = z.looseObject({ ...common, [kindKey]: word(Object.keys(kinds), about) });
  return { byKind: new Map(byKind), anyKind };
}

const targetFormats: Readonly<Record<FaultFamily['targetKey'], z.ZodType>> = {
  link: patterns('links to break, such as *->redis'),
  process: patterns('processes to break, such as orders/1'),
  store: patterns('stores to break, such as redis'),
};

const formats = new Map(families.map(([name, family]) => [name, formatsOf(family)]));
const allFormats = [...formats.values()].flatMap(({ byKind }) => [...byKind.values()]);

/** One entry of `faults:`. */
export const faultFormat = variants(allFormats, 'something that breaks', (value) => {
  const entry = isPlainMap(value) ? value : {};
  const family = familyOf(entry);
  const { byKind, anyKind } = formats.get(family) ?? formatsOf(faultFamilies[family]);
  return byKind.get(entry[faultFamilies[family].kindKey]) ?? anyKind;
});

/** What every entry of `faults:` has once it has been read. */
export interface FaultEntry {
  readonly id: string;
  readonly at: number;
  readonly for: number;
  readonly link?: string | readonly string[];
  readonly process?: string | readonly string[];
  readonly store?: string | readonly string[];
  readonly [attribute: string]: unknown;
}
