import {
  duration,
  type MixDescription,
  rate,
  type SystemDescription,
  ZIPF_EXPONENT_MAX,
} from '@stormcart/core';
import { z } from 'zod';
import { arrivalModes } from '../../plan/stage.ts';
import { thinkFormat } from './think.ts';
import { isPlainMap, quantity, text, wholeNumber, word } from './value.ts';
import { variants } from './variants.ts';

/** A day. */
const LONGEST_STAGE_MS = 86_400_000;
/** Ten times what one process has been seen to send. */
const HIGHEST_RATE = 100_000;

const perSecond = (about: string) => quantity(rate, about, { min: 0, max: HIGHEST_RATE });
const length = quantity(duration, 'how long the stage lasts', { min: 1, max: LONGEST_STAGE_MS });
const warmup = z
  .boolean()
  .prefault(false)
  .meta({ description: 'sent like the rest, left out of every figure; warm-up stages come first' });

const constantStage = z.strictObject({ for: length, rate: perSecond('arrivals per second'), warmup });

const fromTo = {
  from: perSecond('rate at the start of the stage'),
  to: perSecond('rate at its end'),
};

const rampStage = z.strictObject({ for: length, ...fromTo, warmup });

const stepStage = z.strictObject({
  for: length,
  ...fromTo,
  steps: wholeNumber('in how many equal steps the rate changes', 2, 1_000),
  warmup,
});

const spikeStage = z.strictObject({
  for: length,
  rate: perSecond('arrivals per second before and after the spike'),
  spike: perSecond('arrivals per second in the spike'),
  spikeFor: quantity(duration, 'how long the spike lasts; it lies in the middle of the stage', {
    min: 1,
    max: LONGEST_STAGE_MS,
  }),
  warmup,
});

const replayStage = z.strictObject({
  for: length,
  replay: text(
    'a CSV file of recorded arrivals beside the scenario: a first line `ms` or `ms,journey`, then one line per arrival',
  ).min(1),
  warmup,
});

const stage = variants(
  [constantStage, rampStage, stepStage, spikeStage, replayStage],
  'a rate that stays, changes evenly or in steps, has a spike, or was recorded',
  (value) => {
    if (!isPlainMap(value)) return constantStage;
    if ('replay' in value) return replayStage;
    if ('spike' in value || 'spikeFor' in value) return spikeStage;
    if ('steps' in value) return stepStage;
    return ('from' in value || 'to' in value) && !('rate' in value) ? rampStage : constantStage;
  },
);

/** `load:` for a system with these journeys; without a usual mix one must be given. */
export function loadFormat(
  { journeys, mixes = [] }: Pick<SystemDescription, 'journeys' | 'mixes'>,
  usualMix?: Readonly<Record<string, number>>,
) {
  const mix = mixFormat(
    journeys.map(({ name }) => name),
    mixes,
  );
  return z.strictObject({
    mix: usualMix === undefined ? mix : mix.prefault({ ...usualMix }),
    stages: z
      .array(stage)
      .min(1)
      // Enough to draw any curve; each one costs a little in the plan.
      .max(1_000)
      .meta({ description: 'what the load does, one stage after the other' }),
    maxInFlight: wholeNumber(
      'how many requests may be under way at once; what exceeds it is dropped and counts as failed',
      1,
      100_000,
    ).prefault(2_000),
    timeout: quantity(duration, 'how long an answer may take, from the intended start', {
      min: 1,
      max: 3_600_000,
    }).prefault('5s'),
    arrivals: word(arrivalModes, 'evenly spaced, or at random as independent customers come').prefault(
      'constant',
    ),
    think: thinkFormat.optional(),
    popularity: z
      .strictObject({
        zipf: z.number().min(0).max(ZIPF_EXPONENT_MAX).meta({
          description: 'exponent: the k-th product is wanted 1/k^zipf as often as the first; 0 for all alike',
        }),
      })
      .optional()
      .meta({ description: 'how much more the popular is wanted than the rest; zipf: 1 when absent' }),
  });
}

/** Weights, or the name of a mix that the system has: it becomes its weights here. */
function mixFormat(journeys: readonly string[], mixes: readonly MixDescription[]) {
  const weight = z.number().min(0).max(1_000_000);
  const weights = z
    .strictObject(Object.fromEntries(journeys.map((journey) => [journey, weight.optional()])))
    .meta({
      description: 'weight of each journey; a weight is a plain number, they need not add up to 100',
    });
  const named = word(
    mixes.map(({ name }) => name),
    mixes.map(({ name, about }) => `${name} (${about})`).join(' '),
  )
    .transform(
      (name): z.input<typeof weights> => ({
        ...mixes.find((candidate) => candidate.name === name)?.weights,
      }),
    )
    // A mix of a user's module may name what it has no journey of.
    .pipe(weights);
  // A union with nothing to choose from would only confuse the schema.
  const shapes = mixes.length === 0 ? ([weights] as const) : ([weights, named] as const);
  return variants(shapes, 'weights of journeys, or the name of a mix', (value) =>
    mixes.length > 0 && typeof value === 'string' ? named : weights,
  );
}
