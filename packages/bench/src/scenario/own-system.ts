import { type CertificateAuthority, messageOf, type SystemUnderTest } from '@stormcart/core';
import { externalSystem } from '../own-system/external-system.ts';
import type { Feeds } from '../own-system/feed/feed.ts';
import { withRequests } from '../own-system/with-requests.ts';
import { checkFeedsUsed } from './check/check-feeds.ts';
import { checkRequests } from './check/check-requests.ts';
import { type External, externalFormat } from './format/external.ts';
import { type PlainRequests, requestsFormat } from './format/requests.ts';
import { isPlainMap } from './format/value.ts';
import { readFeeds } from './read-feeds.ts';
import type { ReadBeside } from './read-recordings.ts';
import type { Reporter } from './reporter.ts';
import { usualConfig } from './scenario-schema.ts';

/** What a scenario is about. */
interface Subject {
  readonly system: SystemUnderTest;
  /** Weights of the scenario's own requests, for a load that names no mix. */
  readonly usualMix: Readonly<Record<string, number>> | undefined;
  /** Records for these requests. */
  readonly feeds: Feeds;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * The system that a scenario is about: the given one (the shop, or that of its `sut`), or one that runs already; either
 * with the scenario's own requests as journeys. Pieces that cannot be read are left out here, and reported when the
 * whole file is read.
 */
export function subjectOf(
  raw: Raw,
  given: SystemUnderTest,
  readBeside: ReadBeside,
  reporter: Reporter,
): Subject {
  const base = raw['external'] === undefined ? given : readExternal(raw, readBeside, reporter);
  const { feeds, unreadable } = readFeeds(raw['feeds'], readBeside, reporter);
  if (raw['requests'] === undefined) {
    checkFeedsUsed({}, feeds, reporter);
    return { system: base, usualMix: undefined, feeds };
  }
  const taken = new Set(base.describe(usualConfig(base)).journeys.map(({ name }) => name));
  const requests = readableRequests(raw['requests']);
  const context = { taken, hasMix: hasMix(raw), systemName: base.name, feeds, unreadable };
  checkRequests(requests, context, reporter);
  checkFeedsUsed(requests, feeds, reporter);
  const free = Object.entries(requests).filter(([name]) => !taken.has(name));
  const weights = Object.entries(requests).map(([name, { weight = 1 }]) => [name, weight] as const);
  return {
    system: withRequests(base, Object.fromEntries(free), feeds),
    usualMix: weights.length === 0 ? undefined : Object.fromEntries(weights),
    feeds,
  };
}

function readExternal(raw: Raw, readBeside: ReadBeside, reporter: Reporter): SystemUnderTest {
  if (raw['sut'] !== undefined) {
    reporter.error(
      ['external'],
      'a scenario is about a module (`sut`) or about what runs already (`external`)',
      {
        at: 'key',
      },
    );
  }
  if (raw['requests'] === undefined) {
    reporter.error(
      ['external'],
      'nothing is known of what to send to this system; describe it under `requests`',
      {
        at: 'key',
      },
    );
  }
  const parsed = externalFormat.safeParse(raw['external']);
  if (!parsed.success)
    return externalSystem({ entry: 'http://unreadable', links: readableLinks(raw['external']) });
  return externalSystem(parsed.data, readAuthority(parsed.data, readBeside, reporter));
}

function readAuthority(
  { ca }: External,
  readBeside: ReadBeside,
  reporter: Reporter,
): CertificateAuthority | undefined {
  if (ca === undefined) return undefined;
  try {
    return { certificate: readBeside(ca), file: ca };
  } catch (error) {
    reporter.error(['external', 'ca'], `cannot read ${ca}: ${messageOf(error)}`);
    return undefined;
  }
}

/** Where something else is wrong with it: links whose names are known can be broken by faults all the same. */
function readableLinks(external: unknown): External['links'] {
  const links = isPlainMap(external) ? external['links'] : undefined;
  if (!isPlainMap(links)) return {};
  const nowhere = { host: 'unreadable', port: 1 };
  const known = Object.keys(links).filter((name) => name.includes('->'));
  return Object.fromEntries(
    known.map((name) => [name, { listen: nowhere, upstream: nowhere, protocol: 'tcp' as const }]),
  );
}

/** Every entry as far as it can be read; one that cannot is a plain GET, so that its name at least is known. */
function readableRequests(requests: unknown): PlainRequests {
  if (!isPlainMap(requests)) return {};
  const entries = Object.entries(requests).flatMap(([name, request]) => {
    const whole = requestsFormat.safeParse({ [name]: request });
    return Object.entries(
      whole.success ? whole.data : requestsFormat.parse({ unreadable: { path: '/' } }),
    ).map(([, readable]) => [name, readable] as const);
  });
  return Object.fromEntries(entries);
}

function hasMix(raw: Raw): boolean {
  const load = raw['load'];
  return isPlainMap(load) && load['mix'] !== undefined && load['mix'] !== null;
}
