import { messageOf, type SystemConfig, type SystemUnderTest } from '@stormcart/core';
import { assemble } from './assemble.ts';
import { checkFeedsSuffice } from './check/check-feeds.ts';
import { checkScenario } from './check/check-scenario.ts';
import { type OpenedDocument, openDocument } from './document.ts';
import { scenarioFormat, systemFormat } from './format/scenario-format.ts';
import { describeValue, isPlainMap } from './format/value.ts';
import { createLocator } from './locate.ts';
import { applyOverrides, type Overrides } from './override.ts';
import { subjectOf } from './own-system.ts';
import type { Problem } from './problem.ts';
import { readFormat } from './read-format.ts';
import { type ReadBeside, readRecordings } from './read-recordings.ts';
import { createReporter, type Reporter } from './reporter.ts';
import type { Scenario } from './scenario.ts';

export interface ScenarioSource {
  /** The file as it lies on disk, or its text. */
  readonly content: Uint8Array | string;
  /** For messages and reports. */
  readonly file: string;
  /** What it is about unless it says otherwise: the shop, or what its `sut` exports. */
  readonly system: SystemUnderTest;
  readonly overrides?: Overrides;
  /** For files that the scenario names. Without it such a file is reported as unreadable. */
  readonly readBeside?: ReadBeside;
}

export type ParsedScenario =
  | {
      readonly kind: 'ok';
      readonly scenario: Scenario;
      /** What it is about. */
      readonly system: SystemUnderTest;
      /** The file's text with what was overridden. */
      readonly source: string;
      readonly warnings: readonly Problem[];
    }
  /** With every problem that could be found. */
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] };

/** Reads a scenario and checks all of it against the system. Boots nothing, never throws; reads files only through `readBeside`. */
export function parseScenario({
  content,
  file,
  system: given,
  overrides = {},
  readBeside = cannotRead,
}: ScenarioSource): ParsedScenario {
  const result = openDocument(content);
  if (result.kind === 'bad') return result;
  const { opened } = result;
  const { overridden, failures } = applyOverrides(opened.document, overrides);
  const locator = createLocator(opened);
  const reporter = createReporter(locator, overridden);
  for (const failure of failures) reporter.error([], failure);
  const raw = plainOf(opened, reporter);
  if (raw === undefined) return { kind: 'bad', problems: reporter.errors() };

  const { system, usualMix, feeds } = subjectOf(raw, given, readBeside, reporter);
  const config = readConfig(raw, system, reporter);
  const description = system.describe(config);
  const format = scenarioFormat(system.options, description, usualMix);
  const scale = readScale(overrides, reporter);
  const draft = readFormat(format, raw, reporter);
  const journeys = description.journeys.map(({ name }) => name);
  const recordings = readRecordings(draft, journeys, readBeside, reporter);
  const expressions = checkScenario(draft, {
    recordings,
    description,
    topology: config.topology,
    allBreakers: breakersUnderAnyPolicy(system, config),
    faultIds: faultIdsOf(raw),
    scale,
    reporter,
    lineOf: (path) => locator.locate(path).line,
  });
  if (reporter.errorCount() > 0) return { kind: 'bad', problems: reporter.errors() };
  const whole = format.parse(raw);
  checkFeedsSuffice(whole, { requests: whole.requests, feeds, recordings, scale }, reporter);
  if (reporter.errorCount() > 0) return { kind: 'bad', problems: reporter.errors() };
  const scenario = assemble({
    path: file,
    content: whole,
    feeds,
    expressions,
    config,
    description,
    scale,
    recordings,
  });
  return { kind: 'ok', scenario, system, source: String(opened.document), warnings: reporter.warnings() };
}

/** The document as plain data; undefined, and reported, when it is no map. */
function plainOf({ document }: OpenedDocument, reporter: Reporter): Record<string, unknown> | undefined {
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    reporter.error([], `this is not YAML: ${messageOf(error)}`);
    return undefined;
  }
  if (isPlainMap(raw)) return { ...raw };
  reporter.error(
    [],
    `a scenario is a map of keys such as \`name:\` and \`load:\`, found ${describeValue(raw)}`,
  );
  return undefined;
}

/**
 * The system's part of the file, with defaults for what cannot be read. It must be known before
 * the rest can be judged; its own problems are reported when the whole file is read.
 */
function readConfig(
  raw: Readonly<Record<string, unknown>>,
  { options }: SystemUnderTest,
  reporter: Reporter,
): SystemConfig {
  const silent: Reporter = { ...reporter, error: () => undefined };
  const format = systemFormat(options);
  const known = Object.keys(format.shape).filter((key) => Object.hasOwn(raw, key));
  const part = readFormat(format, Object.fromEntries(known.map((key) => [key, raw[key]])), silent);
  const usual = format.parse({});
  const algorithm = part.balancer?.algorithm ?? usual.balancer.algorithm;
  return {
    topology: part.topology ?? usual.topology,
    services: { ...usual.services, ...withoutGaps(part.services) },
    policies: { ...usual.policies, ...withoutGaps(part.policies) },
    ...(algorithm === undefined ? {} : { algorithm }),
  };
}

function withoutGaps<Value>(
  values: Readonly<Record<string, Value | undefined>> | undefined,
): Readonly<Record<string, Value>> {
  const known = Object.entries(values ?? {}).filter(
    (entry): entry is [string, Value & {}] => entry[1] !== undefined,
  );
  return Object.fromEntries(known);
}

/**
 * A gate on a breaker stays a legal question when a drill is repeated without policies, to see what
 * they are worth; it is then never answered. Only a breaker that no policy has is a slip.
 */
function breakersUnderAnyPolicy(system: SystemUnderTest, config: SystemConfig): readonly string[] {
  const configs = Object.entries(system.options.policies).flatMap(([dependency, { accepted }]) =>
    accepted.map((policy) => ({ ...config, policies: { ...config.policies, [dependency]: policy } })),
  );
  return [...new Set([config, ...configs].flatMap((each) => system.describe(each).breakers))];
}

/** The ids of all faults, of broken ones too; undefined when one of them has none. */
function faultIdsOf(raw: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const faults: unknown = raw['faults'] ?? [];
  if (!Array.isArray(faults)) return undefined;
  const ids = faults.map((fault: unknown) => (isPlainMap(fault) ? fault['id'] : undefined));
  const known = ids.filter((id) => typeof id === 'string');
  return known.length < ids.length ? undefined : known;
}

/** Beyond these a drill measures nothing, or lasts for days. */
const SMALLEST_SCALE = 0.01;
const LARGEST_SCALE = 100;

function readScale({ scale = 1 }: Overrides, reporter: Reporter): number {
  if (scale >= SMALLEST_SCALE && scale <= LARGEST_SCALE) return scale;
  reporter.error([], `--scale must be between ${SMALLEST_SCALE} and ${LARGEST_SCALE}, found ${scale}`);
  return 1;
}

function cannotRead(): never {
  throw new Error('no file can be read here');
}
