import { type Feeds, type FeedValue, splitPlace } from '../../own-system/feed/feed.ts';
import { namesIn, namesInData } from '../../own-system/template.ts';
import type { PlainRequest, PlainRequests } from '../format/requests.ts';
import type { Path } from '../problem.ts';
import type { Reporter } from '../reporter.ts';

/** What requests may not clash with. */
export interface RequestsContext {
  /** Names of the system's own journeys. */
  readonly taken: ReadonlySet<string>;
  /** Whether `load.mix` weighs the journeys. */
  readonly hasMix: boolean;
  readonly systemName: string;
  readonly feeds: Feeds;
  /** Feeds that there are, but whose fields cannot be told. */
  readonly unreadable: ReadonlySet<string>;
}

/** Whether the scenario's own requests can be sent, and mean what they say. */
export function checkRequests(requests: PlainRequests, context: RequestsContext, reporter: Reporter): void {
  for (const [name, request] of Object.entries(requests)) {
    const path = ['requests', name];
    if (context.taken.has(name)) {
      reporter.error(path, `${context.systemName} has a journey \`${name}\` already`, { at: 'key' });
    }
    if (context.hasMix && request.weight !== undefined) {
      reporter.error([...path, 'weight'], 'load.mix has the weights; one of the two places must go');
    }
    checkPlaces(request, path, context, reporter);
    checkPath(request, path, reporter);
    checkHeaders(request, path, context.feeds, reporter);
  }
}

/** Every place must have values, and values a place. */
function checkPlaces(
  request: PlainRequest,
  path: Path,
  { feeds, unreadable }: RequestsContext,
  reporter: Reporter,
): void {
  const picked = Object.keys(request.pick);
  const fields = [...feeds].flatMap(([feed, { records }]) =>
    records.fields.map((field) => `${feed}.${field}`),
  );
  const accepted = [...picked, ...fields];
  const wanted = [
    ...namesIn(request.path).map((name) => ({ name, at: [...path, 'path'] })),
    ...Object.entries(request.headers).flatMap(([header, value]) =>
      namesIn(value).map((name) => ({ name, at: [...path, 'headers', header] })),
    ),
    ...namesInData(request.body).map((name) => ({ name, at: [...path, 'body'] })),
  ];
  for (const { name, at } of wanted) {
    if (accepted.includes(name) || unreadable.has(splitPlace(name)?.feed ?? '')) continue;
    const hint =
      accepted.length === 0
        ? `; give some under \`pick\` or \`feeds\`, or write {{${name}}} for the braces`
        : '';
    reporter.error(at, `there are no values for {${name}}${hint}`, { given: name, accepted });
  }
  for (const name of picked) {
    if (wanted.some((place) => place.name === name)) continue;
    reporter.warn(
      [...path, 'pick', name],
      `{${name}} stands nowhere in this request, so its values are never used`,
      {
        at: 'key',
      },
    );
  }
}

/** RFC 9112 §3: visible ASCII. Picked values are percent-encoded. */
function checkPath(request: PlainRequest, path: Path, reporter: Reporter): void {
  const at = request.path.search(/[^\u0021-\u007e]/);
  if (at === -1) return;
  reporter.error(
    [...path, 'path'],
    'a path has no spaces and only ASCII; percent-encode the rest, a space as %20',
    {
      offset: at,
    },
  );
}

function checkHeaders(
  { headers, body, pick }: PlainRequest,
  path: Path,
  feeds: Feeds,
  reporter: Reporter,
): void {
  const contentType = Object.keys(headers).find((name) => name.toLowerCase() === 'content-type');
  if (body !== undefined && contentType !== undefined) {
    reporter.error(
      [...path, 'headers', contentType],
      'a body is sent as application/json; leave the header out',
      {
        at: 'key',
      },
    );
  }
  // Of what is written down the format has seen that a header can carry it; picked values and records may be anything.
  for (const [header, value] of Object.entries(headers)) {
    const rule = `the header ${header} carries one line of ASCII only`;
    for (const name of namesIn(value)) {
      const wrong = (pick[name] ?? []).findIndex(isNoHeaderValue);
      if (wrong !== -1) reporter.error([...path, 'pick', name, wrong], rule);
      const place = badRecord(name, feeds);
      if (place !== undefined) reporter.error([...path, 'headers', header], `${place}: ${rule}`);
    }
  }
}

function isNoHeaderValue(value: FeedValue): boolean {
  return !/^[\t\u0020-\u007e]*$/.test(String(value));
}

/** `users.csv:7`, of the first record whose field no header can carry. */
function badRecord(name: string, feeds: Feeds): string | undefined {
  const { feed: feedName = '', field = '' } = splitPlace(name) ?? {};
  const feed = feeds.get(feedName);
  if (feed === undefined) return undefined;
  const { fields, rows, lines } = feed.records;
  const column = fields.indexOf(field);
  const wrong = rows.findIndex((row) => isNoHeaderValue(row[column] ?? ''));
  return wrong === -1 ? undefined : `${feed.file}:${lines[wrong]}`;
}
