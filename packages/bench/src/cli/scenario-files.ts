import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError, messageOf, type SystemUnderTest } from '@stormcart/core';
import { loadModule } from '../own-system/load-module.ts';
import { namedModule } from '../scenario/named-module.ts';
import type { Overrides } from '../scenario/override.ts';
import { parseScenario } from '../scenario/parse-scenario.ts';
import { type Problem, renderProblems } from '../scenario/problem.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { suggest } from '../scenario/suggest.ts';

/** Where scenarios are looked for by name. */
const SCENARIOS_FOLDER = 'scenarios';

/** Far above any scenario; reading a disk image by mistake should not fill the memory. */
const LARGEST_FILE_BYTES = 1024 * 1024;

/** The scenario files of `scenarios/`, as paths that can be typed. */
export async function listScenarioFiles(): Promise<readonly string[]> {
  const entries = await readdir(SCENARIOS_FOLDER).catch(() => []);
  return entries
    .filter((entry) => /\.ya?ml$/.test(entry))
    .toSorted()
    .map((entry) => join(SCENARIOS_FOLDER, entry));
}

/** `redis-blackhole`, `scenarios/redis-blackhole.yaml` or any path. Throws a usage error that suggests. */
async function findScenarioFile(given: string): Promise<string> {
  if (existsSync(given)) return given;
  const files = await listScenarioFiles();
  const names = files.map(nameOf);
  const index = names.indexOf(given);
  const byName = files[index];
  if (byName !== undefined) return byName;
  const close = suggest(nameOf(given), names);
  throw new AppError({
    kind: 'usage',
    code: 'NO_SUCH_SCENARIO',
    message: `no scenario ${given}${close === undefined ? '' : `; did you mean ${close}?`}`,
    hint:
      names.length === 0
        ? `There is no folder ${SCENARIOS_FOLDER}/ here; \`stormcart init\` writes a first scenario.`
        : `There are: ${names.join(', ')}. \`stormcart list\` tells what each one asks.`,
  });
}

export function nameOf(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
}

/** A file's content, or a usage error: a folder, a device and a huge file are all mistakes to name. */
async function readScenarioFile(file: string): Promise<Buffer> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) throw new Error('it is not a regular file');
    if (facts.size > LARGEST_FILE_BYTES)
      throw new Error(`it has ${facts.size} bytes; a scenario has at most 1 MiB`);
    return await readFile(file);
  } catch (error) {
    throw new AppError({
      kind: 'usage',
      code: 'UNREADABLE_SCENARIO',
      message: `cannot read ${file}: ${messageOf(error)}`,
      cause: error,
    });
  }
}

/** A day at 100/s has some 100 MB; more is no file of arrivals. */
const LARGEST_BESIDE_BYTES = 128 * 1024 * 1024;

function readerBeside(file: string): (path: string) => string {
  return (path) => {
    const full = resolve(dirname(file), path);
    const facts = statSync(full);
    if (!facts.isFile()) throw new Error('it is not a regular file');
    if (facts.size > LARGEST_BESIDE_BYTES)
      throw new Error(`it has ${facts.size} bytes; at most 128 MiB are read`);
    return decodeUtf8(readFileSync(full));
  };
}

/** A spreadsheet's Latin-1 would otherwise be sent with its umlauts replaced, and nobody would know. */
function decodeUtf8(content: Buffer): string {
  if (!isUtf8(content)) throw new Error('it is not UTF-8; export or convert it as UTF-8');
  return content.toString('utf8');
}

export interface LoadedScenario {
  readonly scenario: Scenario;
  /** What it is about: the shop, or a system of its user's own. */
  readonly system: SystemUnderTest;
  /** The file's text with what was overridden. */
  readonly source: string;
  /** Rendered for people, one text each. */
  readonly warnings: string;
}

/** Reads and checks one scenario; throws a usage error that shows every problem with its line. */
export async function loadScenario(
  given: string,
  system: SystemUnderTest,
  overrides: Overrides = {},
): Promise<LoadedScenario> {
  const file = await findScenarioFile(given);
  const content = await readScenarioFile(file);
  const parsed = parseScenario({
    content,
    file,
    system: (await loadNamedSystem(file, content, overrides)) ?? system,
    overrides,
    readBeside: readerBeside(file),
  });
  const text = content.toString('utf8');
  if (parsed.kind === 'bad') throw badScenario(file, text, parsed.problems);
  return {
    scenario: parsed.scenario,
    system: parsed.system,
    source: parsed.source,
    warnings: renderProblems(file, text, parsed.warnings, { areWarnings: true }),
  };
}

/** The system that the scenario's module exports; undefined where it names none. */
async function loadNamedSystem(
  file: string,
  content: Buffer,
  overrides: Overrides,
): Promise<SystemUnderTest | undefined> {
  const named = namedModule(content, overrides);
  if (named === undefined) return undefined;
  const loaded = await loadModule(named.path, file);
  if (loaded.kind === 'ok') return loaded.system;
  throw badScenario(file, content.toString('utf8'), [named.problem(loaded.problem)]);
}

function badScenario(file: string, text: string, problems: readonly Problem[]): AppError {
  return new AppError({
    kind: 'usage',
    code: 'BAD_SCENARIO',
    message: `${file} is no scenario that could run`,
    hint: renderProblems(file, text, problems),
  });
}
