import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, type SystemModule, type SystemUnderTest } from '@stormcart/core';
import { z } from 'zod';
import { usualConfig } from '../scenario/scenario-schema.ts';
import { completeSystem } from './complete-system.ts';

export type LoadedModule =
  | { readonly kind: 'ok'; readonly system: SystemUnderTest }
  /** One sentence without its full stop. */
  | { readonly kind: 'bad'; readonly problem: string };

const isFunction = z.custom((value) => typeof value === 'function', { error: 'must be a function' });

/** The least that a module must have; what it may leave out is checked where it is there. */
const moduleShape = z.looseObject({
  name: z.string().min(1),
  describe: isFunction,
  boot: isFunction,
  options: z
    .looseObject({
      topologies: z.array(z.string().min(1)).min(1).optional(),
      services: z.record(z.string(), z.looseObject({ replicas: z.int(), replicasMax: z.int() })).optional(),
      policies: z
        .record(z.string(), z.looseObject({ accepted: z.array(z.string()).min(1), usual: z.string() }))
        .optional(),
      algorithms: z.array(z.string()).optional(),
    })
    .optional(),
  invariants: z
    .array(z.looseObject({ name: z.string().min(1), about: z.string(), check: isFunction }))
    .optional(),
  requirements: isFunction.optional(),
  installHint: isFunction.optional(),
});

/** Imports the module that a scenario names as `sut`, relative to the scenario's file. Never throws. */
export async function loadModule(path: string, scenarioFile: string): Promise<LoadedModule> {
  const file = resolve(dirname(scenarioFile), path);
  const facts = await stat(file).catch(() => undefined);
  if (facts?.isFile() !== true) return bad(`there is no file ${file}`);
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return bad(`${path} cannot be imported: ${messageOf(error)}`);
  }
  const candidate = exported['default'] ?? exported['system'];
  if (candidate === undefined) {
    const names = Object.keys(exported);
    const found = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`;
    return bad(`${path} has no default export and none named \`system\`; ${found}`);
  }
  const shape = moduleShape.safeParse(candidate);
  if (!shape.success) {
    const problems = shape.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`);
    return bad(`what ${path} exports is no system: ${problems.join('; ')}`);
  }
  return described(completeSystem(candidate as SystemModule), path);
}

const name = z.string().min(1);
const descriptionShape = z.looseObject({
  links: z.array(z.looseObject({ name, from: name, to: name })),
  processes: z.array(name),
  journeys: z.array(z.looseObject({ name, about: z.string(), routes: z.array(name).min(1) })),
  breakers: z.array(name),
  invariants: z.array(z.looseObject({ name, about: z.string() })),
});

/** Asks it once for its description, so that what is wrong with it is said before any scenario is judged by it. */
function described(system: SystemUnderTest, path: string): LoadedModule {
  try {
    const description = system.describe(usualConfig(system));
    const shape = descriptionShape.safeParse(description);
    if (shape.success) return { kind: 'ok', system };
    const problems = shape.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`);
    return bad(`what ${path} describes is no system: ${problems.join('; ')}`);
  } catch (error) {
    return bad(`what ${path} describes is no system: ${messageOf(error)}`);
  }
}

function bad(problem: string): LoadedModule {
  return { kind: 'bad', problem };
}
