/** An Erlang application as its `.app` file describes it. */
export interface ErlangApplication {
  readonly name: string;
  /** `ra-2.2.0`: its folder among the plugins. */
  readonly folder: string;
  /** Names of the applications that must be there before it. */
  readonly needs: readonly string[];
}

/** The plugin that is the broker itself. */
const BROKER = 'rabbit';

/**
 * The folders that plain AMQP 0-9-1 with quorum queues needs: the broker and everything it asks for, directly or
 * not. RabbitMQ reads each folder it is given before it starts, so fewer folders start it sooner (4.9 s against
 * 2.6 s). Without a `rabbit` among them (zipped plugins, another layout) all are taken.
 */
export function pluginClosure(applications: readonly ErlangApplication[]): readonly string[] {
  const byName = new Map(applications.map((application) => [application.name, application]));
  if (!byName.has(BROKER)) return applications.map((application) => application.folder);
  const chosen = new Set<ErlangApplication>();
  const waiting = [BROKER];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const application = byName.get(name);
    // Not among the plugins: one of Erlang's own, like `ssl`.
    if (application === undefined || chosen.has(application)) continue;
    chosen.add(application);
    waiting.push(...application.needs);
  }
  return [...chosen].map((application) => application.folder).toSorted();
}

/** Reads `{applications, [kernel, stdlib, …]}` out of an `.app` file's text. */
export function neededApplications(appFile: string): readonly string[] {
  const list = /\{\s*applications\s*,\s*\[([^\]]*)\]/.exec(appFile)?.[1] ?? '';
  return [...list.matchAll(/[a-z][\w@]*/g)].map((match) => match[0]);
}

/**
 * The `.app` text with an empty list of modules; undefined when nothing is gained. The broker looks for its boot
 * steps in every module of every loaded application, Erlang's SSL, XML and compiler included, and loads each for
 * it: half of its start. The list says what belongs to a release; code is found by file name and does not need it.
 * Only the broker's own applications have boot steps, so theirs stay whole.
 */
export function withoutModules(name: string, appFile: string): string | undefined {
  if (name.startsWith(BROKER) || ESSENTIAL.has(name)) return undefined;
  const slim = appFile.replace(/\{\s*modules\s*,\s*\[[^\]]*\]\s*\}/, '{modules,[]}');
  return slim === appFile ? undefined : slim;
}

/** Already running when the code path is read. */
const ESSENTIAL = new Set(['kernel', 'stdlib']);

/** `ra-2.2.0` → `ra`; `rabbit_common-3.10.8.ez` → `rabbit_common`. */
export function applicationName(folder: string): string {
  return folder.replace(/-\d.*$/, '').replace(/\.ez$/, '');
}
