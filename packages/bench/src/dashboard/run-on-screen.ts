import { messageOf } from '@stormcart/core';
import { type Questions, questionsTo } from './client/ask.ts';
import { type Goodbye, listen } from './client/listen.ts';
import { drawFrame } from './frame/frame.ts';
import { glyphSets } from './frame/glyphs.ts';
import { createFramePace } from './frame-pace.ts';
import type { Effect } from './keys/reducer.ts';
import { createModel, type Model } from './model.ts';
import { verdictText } from './plain-progress.ts';
import type { DashboardEnd, DashboardOptions } from './run-dashboard.ts';
import { openScreen } from './screen/screen.ts';
import type { TerminalKind } from './screen/terminal-kind.ts';

/** Details of an open row are asked for again this often. */
const DETAILS_EVERY_MS = 1_000;

/** The dashboard on a terminal of its own. */
export async function runOnScreen(
  options: DashboardOptions,
  { depth, isAscii }: TerminalKind & { readonly kind: 'screen' },
): Promise<DashboardEnd> {
  const { clock, signal, control } = options;
  signal.throwIfAborted();
  const model = createModel(options.runName);
  const glyphs = glyphSets[isAscii ? 'ascii' : 'unicode'];
  const leaving = new AbortController();
  const { promise: left, resolve: leave, reject } = Promise.withResolvers<DashboardEnd['kind']>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const pace = createFramePace(clock, () => {
    screen.draw(drawFrame(model.view(screen, glyphs, clock.now())));
  });
  const everything = AbortSignal.any([signal, leaving.signal]);
  const steering = createSteering(options, model, questionsTo(control, everything), pace.ask, leave);
  const screen = openScreen({
    input: options.input,
    output: options.output,
    term: options.term,
    depth,
    isAscii,
    onKey: (key) => {
      for (const effect of model.press(key)) steering.take(effect);
      pace.ask();
    },
    onResize: pace.ask,
  });
  const details = setInterval(() => {
    // A notice fades, and an open row's figures grow old, without a word from the drill.
    if (model.openRow !== undefined) steering.take({ kind: 'askRow', row: model.openRow });
    pace.ask();
  }, DETAILS_EVERY_MS);
  // A terminal that is gone: nobody can press `q` any more.
  const onGone = (): void => leave('left');
  options.input.once('end', onGone).once('error', onGone);
  pace.ask();
  try {
    follow(options, model, everything, pace.ask).then((goodbye) => {
      if (options.isLeavingAtEnd) leave(goodbye === 'said' ? 'over' : 'gone');
    }, reject);
    const kind = await left;
    const verdict = model.state?.stage === 'over' ? verdictText(model.state) : undefined;
    return { kind, ...(verdict === undefined ? {} : { verdict }) };
  } finally {
    leaving.abort(new Error('the dashboard was left'));
    signal.removeEventListener('abort', onAbort);
    options.input.off('end', onGone).off('error', onGone);
    clearInterval(details);
    pace.close();
    screen.close();
  }
}

function follow(
  { control, clock, isAlive }: DashboardOptions,
  model: Model,
  signal: AbortSignal,
  redraw: () => void,
): Promise<Goodbye> {
  const then =
    <Value>(take: (value: Value) => void) =>
    (value: Value): void => {
      take(value);
      redraw();
    };
  return listen(
    control,
    {
      state: then(model.takeState),
      log: then(model.takeLog),
      connection: then(model.takeConnection),
    },
    { clock, signal, isAlive: () => isAlive(control.pid) },
  );
}

/** Does what the keys ask for, and tells how it went. */
function createSteering(
  { clock }: DashboardOptions,
  model: Model,
  questions: Questions,
  redraw: () => void,
  leave: (kind: DashboardEnd['kind']) => void,
): { readonly take: (effect: Effect) => void } {
  let isAskingRow = false;
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      model.say({ text: `! ${messageOf(error)}`, tone: 'bad' }, clock.now());
    }
    redraw();
  };
  return {
    take: (effect) => {
      switch (effect.kind) {
        case 'leave':
          leave(effect.isInterrupted ? 'interrupted' : 'left');
          return;
        case 'say':
          model.say({ text: effect.text, tone: effect.tone }, clock.now());
          return;
        case 'askOffers':
          void attempt(async () => model.takeOffers(await questions.offers()));
          return;
        case 'askRow':
          // A drill that is slow to answer is not asked again meanwhile.
          if (isAskingRow) return;
          isAskingRow = true;
          void attempt(async () => model.takeDetails(await questions.row(effect.row))).finally(() => {
            isAskingRow = false;
          });
          return;
        case 'command': {
          model.say({ text: 'asking the drill…', tone: 'faint' }, clock.now());
          void attempt(async () => {
            const { text } = await questions.send(effect.command);
            model.say({ text, tone: 'good' }, clock.now());
          });
        }
      }
    },
  };
}
