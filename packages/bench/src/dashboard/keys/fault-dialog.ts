import { faultOf, fieldsOf, offersFound, targetsFound } from './fault-choice.ts';
import { type Key, moved, stepOf, typed } from './key.ts';
import type { Pressed, World } from './reducer.ts';
import type { FaultDialog, Overlay, UiState } from './ui-state.ts';

/** Kind, target, length and settings: a step each, `escape` goes one back, `enter` one on. */
export function pressInFaultDialog(ui: UiState, dialog: FaultDialog, key: Key, world: World): Pressed {
  switch (dialog.step) {
    case 'kind':
      return pressInKinds(ui, dialog, key, world);
    case 'target':
      return pressInTargets(ui, dialog, key);
    case 'settings':
      return pressInSettings(ui, dialog, key);
  }
}

type Step<Name extends FaultDialog['step']> = FaultDialog & { readonly step: Name };

function pressInKinds(ui: UiState, dialog: Step<'kind'>, key: Key, { offers = [] }: World): Pressed {
  const found = offersFound(offers, dialog.search);
  if (key.name === 'escape') return over(ui, { kind: 'none' });
  if (key.name === 'enter') {
    const offer = found[Math.min(dialog.index, found.length - 1)];
    return offer === undefined
      ? same(ui)
      : over(ui, { kind: 'fault', step: 'target', offer, search: '', index: 0 });
  }
  return searched(ui, dialog, key, found.length);
}

function pressInTargets(ui: UiState, dialog: Step<'target'>, key: Key): Pressed {
  const { offer, search, index } = dialog;
  const found = targetsFound(offer, search);
  if (key.name === 'escape') return over(ui, { kind: 'fault', step: 'kind', search: '', index: 0 });
  if (key.name === 'enter') {
    const target = found[Math.min(index, found.length - 1)];
    return target === undefined
      ? same(ui)
      : over(ui, { kind: 'fault', step: 'settings', offer, target, fields: fieldsOf(offer), index: 0 });
  }
  return searched(ui, dialog, key, found.length);
}

function searched(ui: UiState, dialog: Step<'kind'> | Step<'target'>, key: Key, count: number): Pressed {
  const step = stepOf(key.name, PAGE);
  if (step !== undefined) return over(ui, { ...dialog, index: moved(dialog.index, step, count) });
  const search = typed(dialog.search, key);
  return search === undefined ? same(ui) : over(ui, { ...dialog, search, index: 0 });
}

const PAGE = 10;

function pressInSettings(ui: UiState, dialog: Step<'settings'>, key: Key): Pressed {
  const { offer, fields, index } = dialog;
  switch (key.name) {
    case 'escape':
      return over(ui, { kind: 'fault', step: 'target', offer, search: '', index: 0 });
    case 'enter':
      return asked(ui, dialog);
    case 'tab':
    case 'down':
      return over(ui, withoutProblem(dialog, { index: (index + 1) % fields.length }));
    case 'S-tab':
    case 'up':
      return over(ui, withoutProblem(dialog, { index: (index + fields.length - 1) % fields.length }));
    case 'right':
      return chosenWord(ui, dialog, 1);
    case 'left':
      return chosenWord(ui, dialog, -1);
    default: {
      const text = typed(fields[index]?.text ?? '', key);
      return text === undefined ? same(ui) : over(ui, withText(dialog, text));
    }
  }
}

/** The next of the words that the setting accepts. */
function chosenWord(ui: UiState, dialog: Step<'settings'>, step: 1 | -1): Pressed {
  const field = dialog.fields[dialog.index];
  const words = field?.accepted ?? [];
  if (field === undefined || words.length === 0) return same(ui);
  const at = words.indexOf(field.text);
  const next = at === -1 ? (step === 1 ? 0 : words.length - 1) : (at + step + words.length) % words.length;
  return over(ui, withText(dialog, words[next] ?? ''));
}

/** Injecting hurts, so it asks first. */
function asked(ui: UiState, dialog: Step<'settings'>): Pressed {
  const { offer, target, fields } = dialog;
  const made = faultOf(offer, target, fields);
  if ('problem' in made) {
    return over(ui, { ...dialog, problem: made.problem, index: made.index });
  }
  const settings = fields
    .filter(({ text }) => text.trim() !== '')
    .map(({ name, text }) => `${name} ${text.trim()}`)
    .join(', ');
  return over(ui, {
    kind: 'confirm',
    question: `Inject ${offer.kind} on ${target}?`,
    effect: `${settings}. It is recorded as done by hand, and ends by itself.`,
    command: { do: 'inject', fault: { ...made.fault } },
    back: withoutProblem(dialog, {}),
  });
}

function withText(dialog: Step<'settings'>, text: string): Step<'settings'> {
  const fields = dialog.fields.map((field, index) => (index === dialog.index ? { ...field, text } : field));
  return withoutProblem(dialog, { fields });
}

function withoutProblem(
  { kind, step, offer, target, fields, index }: Step<'settings'>,
  changes: Partial<Pick<Step<'settings'>, 'fields' | 'index'>>,
): Step<'settings'> {
  return { kind, step, offer, target, fields, index, ...changes };
}

function over(ui: UiState, overlay: Overlay): Pressed {
  return { ui: { ...ui, overlay }, effects: [] };
}

function same(ui: UiState): Pressed {
  return { ui, effects: [] };
}
