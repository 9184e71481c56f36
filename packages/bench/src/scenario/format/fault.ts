import { type FaultKind, linkFaultKinds, processFaultKinds } from '@stormcart/chaos';
import { duration, share } from '@stormcart/core';
import { z } from 'zod';
import { type Direction, directions } from '../scenario.ts';
import { isPlainMap, quantity, word } from './value.ts';
import { variants } from './variants.ts';

/** A day: the longest lease. */
const LONGEST_FAULT_MS = 86_400_000;

/** Words that `during` uses for phases which are no faults. */
export const reservedFaultIds: readonly string[] = ['warmup', 'baseline', 'recovery'];

const linkKinds: Readonly<Record<string, FaultKind>> = linkFaultKinds;
const processKinds: Readonly<Record<string, FaultKind>> = processFaultKinds;

/** Kinds that act on a connection as a whole have no direction. */
const directionless: ReadonlySet<string> = new Set(['down', 'reset_peer']);
/** A silent link is silent both ways; what slows a link slows the answers, as Toxiproxy does it. */
const bothWays: ReadonlySet<string> = new Set(['timeout']);

/** The direction of a toxic when none is given. */
export function usualDirection(toxic: string): Direction {
  return directionless.has(toxic) || bothWays.has(toxic) ? 'both' : 'downstream';
}

/** The attributes of a fault kind, by name. */
export function attributesOf(kind: 'link' | 'process', name: string): FaultKind['attributes'] {
  const kinds = kind === 'link' ? linkKinds : processKinds;
  return Object.hasOwn(kinds, name) ? (kinds[name]?.attributes ?? {}) : {};
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

function attributeShape(kind: FaultKind): Record<string, z.ZodType<number | undefined>> {
  return Object.fromEntries(
    Object.entries(kind.attributes).map(([name, { unit, about, min, max, usual }]) => {
      const schema = quantity(unit, about, { min, max });
      return [name, usual === undefined ? schema : schema.prefault(unit.format(usual))];
    }),
  );
}

function linkFormat(toxic: string, kind: FaultKind) {
  return z
    .strictObject({
      ...lease,
      link: linkPatterns,
      toxic: z.literal(toxic),
      ...attributeShape(kind),
      ...(directionless.has(toxic) ? {} : { direction: direction.prefault(usualDirection(toxic)) }),
      share: affectedShare,
    })
    .meta({ description: kind.about });
}

function processFormat(action: string, kind: FaultKind) {
  return z
    .strictObject({ ...lease, process: processPatterns, action: z.literal(action), ...attributeShape(kind) })
    .meta({ description: kind.about });
}

const linkPatterns = patterns('links to break, such as *->redis');
const processPatterns = patterns('processes to break, such as orders/1');
const direction = word(directions, 'upstream carries requests, downstream the answers');
const affectedShare = quantity(share, 'share of the connections that it befalls', { min: 0.0001 }).prefault(
  '100%',
);

const linkFormats = Object.entries(linkKinds).map(([name, kind]) => [name, linkFormat(name, kind)] as const);
const processFormats = Object.entries(processKinds).map(
  ([name, kind]) => [name, processFormat(name, kind)] as const,
);

/** For a fault whose toxic is not known: its settings cannot be judged, all else can. */
const anyLinkFormat = z.looseObject({
  ...lease,
  link: linkPatterns,
  toxic: word(Object.keys(linkKinds), 'what happens to the link'),
});
const anyProcessFormat = z.looseObject({
  ...lease,
  process: processPatterns,
  action: word(Object.keys(processKinds), 'what happens to the process'),
});

const allFormats: readonly z.ZodType[] = [...linkFormats, ...processFormats].map(([, format]) => format);

/** One entry of `faults:`. */
export const faultFormat = variants(allFormats, 'something that breaks', (value) => {
  if (!isPlainMap(value)) return anyLinkFormat;
  const isProcess = 'process' in value || ('action' in value && !('link' in value));
  const formats = new Map<unknown, z.ZodType>(isProcess ? processFormats : linkFormats);
  return (
    formats.get(isProcess ? value['action'] : value['toxic']) ??
    (isProcess ? anyProcessFormat : anyLinkFormat)
  );
});

/** What every entry of `faults:` has once it has been read. */
export interface FaultEntry {
  readonly id: string;
  readonly at: number;
  readonly for: number;
  readonly link?: string | readonly string[];
  readonly toxic?: string;
  readonly process?: string | readonly string[];
  readonly action?: string;
  readonly direction?: Direction;
  readonly share?: number;
  readonly [attribute: string]: unknown;
}
