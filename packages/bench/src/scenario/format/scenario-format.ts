import { duration, type SystemDescription, type SystemOptions, share } from '@stormcart/core';
import { z } from 'zod';
import { externalFormat } from './external.ts';
import { type FaultEntry, faultFormat } from './fault.ts';
import { feedsFormat } from './feeds.ts';
import { loadFormat } from './load.ts';
import { requestsFormat } from './requests.ts';
import { quantity, text, wholeNumber, word } from './value.ts';
import { variants } from './variants.ts';

/** No more gates or faults than anybody could read the outcome of. */
const MOST_ENTRIES = 200;

const expression = text('a gate, such as p99{route=product} < 400ms');

/**
 * The scenario file, for one system; `usualMix` is what `load.mix` is when absent. These schemas are the only place where shapes, bounds and
 * defaults of the file are written down: reading, messages and the JSON Schema all come from them.
 */
export function scenarioFormat(
  options: SystemOptions,
  description: SystemDescription,
  usualMix?: Readonly<Record<string, number>>,
) {
  return z.strictObject({
    version: z.literal(1).meta({ description: 'of this format' }),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, {
        error: 'a name is 1 to 60 lower-case letters, digits and dashes; it names the run directory',
      })
      .meta({ description: 'names the drill and its run directory' }),
    about: text('what happens, in a sentence').prefault(''),
    hypothesis: text('what the drill is expected to show').prefault(''),
    seed: wholeNumber('the same seed gives the same load', 0, Number.MAX_SAFE_INTEGER).prefault(1),
    ...ownSystemShape,
    ...systemShape(options),
    load: loadFormat(description, usualMix),
    availability: availabilityFormat.prefault({}),
    steadyState: z
      .array(expression)
      .max(MOST_ENTRIES)
      .prefault([])
      .meta({ description: 'must hold before the first fault and at the end' }),
    faults: z
      .array(faultFormat(description) as z.ZodType<FaultEntry>)
      .max(MOST_ENTRIES)
      .prefault([])
      .meta({ description: 'what breaks, and when' }),
    gates: z
      .array(expression)
      .max(MOST_ENTRIES)
      .prefault([])
      .meta({ description: 'must hold for the drill to pass' }),
    audit: auditFormat(description.invariants.map((invariant) => invariant.name)),
    abort: text('ends the drill early, such as success < 50% for 5s').optional(),
  });
}

type ScenarioFormat = ReturnType<typeof scenarioFormat>;
export type ScenarioFile = z.output<ScenarioFormat>;

/** The part of the file that says which system it is, where it is not the shop; it comes before everything else. */
const ownSystemShape = {
  sut: text('a module beside the scenario that exports a SystemUnderTest, such as ./my-system.ts')
    .min(1)
    .optional(),
  external: externalFormat.optional(),
  requests: requestsFormat.optional(),
  feeds: feedsFormat.optional(),
};

/** The part of the file that shapes the system; it must be read before the system can be described. */
export function systemFormat(options: SystemOptions) {
  return z.strictObject(systemShape(options));
}

function systemShape(options: SystemOptions) {
  const [firstTopology = ''] = options.topologies;
  return {
    topology: word(options.topologies, 'which services and stores run').prefault(firstTopology),
    services: z
      .strictObject(
        Object.fromEntries(
          Object.entries(options.services).map(([service, { replicas, replicasMax }]) => [
            service,
            wholeNumber(`replicas of ${service}`, 1, replicasMax).prefault(replicas),
          ]),
        ),
      )
      .prefault({}),
    policies: z
      .strictObject(
        Object.fromEntries(
          Object.entries(options.policies).map(([dependency, { accepted, usual }]) => [
            dependency,
            word(accepted, `resilience policy on ${dependency}`).prefault(usual),
          ]),
        ),
      )
      .prefault({}),
    balancer: z
      .strictObject({ algorithm: word(options.algorithms, 'how a back end is chosen').optional() })
      .prefault({}),
  };
}

const availabilityFormat = z.strictObject({
  slice: quantity(duration, 'length of a slice', { min: 10, max: 3_600_000 }).prefault('200ms'),
  down: text('when a slice is down, such as success < 95%').prefault('success < 95%'),
  objective: quantity(share, 'what the error budget is reckoned against').optional(),
});

function auditFormat(invariants: readonly string[]) {
  const all = z.literal('all');
  const some = z.array(word(invariants, 'an invariant'));
  return variants([all, some], 'which invariants are checked afterwards: all, or a list of names', (value) =>
    Array.isArray(value) ? some : all,
  ).prefault('all');
}
