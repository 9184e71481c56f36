import { parse } from 'yaml';
import type { FaultOffer, FaultState } from '../../control/drill-state.ts';
import type { Field } from './ui-state.ts';

/** Kinds whose key, name, description or targets hold every word: `mariadb` finds what can be done to it. */
export function offersFound(offers: readonly FaultOffer[], search: string): readonly FaultOffer[] {
  return offers.filter(({ targetKey, kind, about, targets }) =>
    holds(`${targetKey} ${kind} ${about} ${targets.join(' ')}`, search),
  );
}

export function targetsFound({ targets }: FaultOffer, search: string): readonly string[] {
  return targets.filter((target) => holds(target, search));
}

function holds(text: string, search: string): boolean {
  const lower = text.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

export function activeFaults(faults: readonly FaultState[] | undefined): readonly FaultState[] {
  return (faults ?? []).filter(({ state }) => state === 'on');
}

/** The length comes first; a kind that has it among its settings says more about it. */
export function fieldsOf({ settings }: FaultOffer): readonly Field[] {
  const own = settings.find(({ name }) => name === LENGTH);
  const length: Field =
    own === undefined ? { ...USUAL_LENGTH } : { ...own, text: own.usual ?? USUAL_LENGTH.text };
  const others = settings
    .filter(({ name }) => name !== LENGTH)
    .map((setting): Field => ({ ...setting, text: setting.isRequired ? (setting.usual ?? '') : '' }));
  return [length, ...others];
}

const LENGTH = 'for';

const USUAL_LENGTH: Field = {
  name: LENGTH,
  about: 'How long it lasts; it ends by itself. A time with its unit: 5s, 500ms, 1m.',
  isRequired: true,
  text: '5s',
};

/** The fault as a scenario would hold it, or what is missing. */
export function faultOf(
  { targetKey, kindKey, kind }: FaultOffer,
  target: string,
  fields: readonly Field[],
):
  | { readonly fault: Readonly<Record<string, unknown>> }
  | { readonly problem: string; readonly index: number } {
  const values: Record<string, unknown> = { [targetKey]: target, [kindKey]: kind };
  for (const [index, { name, text, isRequired, accepted }] of fields.entries()) {
    const typed = text.trim();
    if (typed === '') {
      if (isRequired) return { problem: `${name} must be given`, index };
      continue;
    }
    if (accepted !== undefined && !accepted.includes(typed)) {
      return { problem: `${name} is one of ${accepted.join(', ')}`, index };
    }
    values[name] = valueOf(typed);
  }
  return { fault: values };
}

/** What a scenario file would hold if this stood in it: `503` is a number, `5s` and `50%` are words. */
function valueOf(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return value === null ? text : value;
  } catch {
    // Not YAML on its own (`*->redis` reads as an alias): a word.
    return text;
  }
}
