import {
  AppError,
  type BootContext,
  type Link,
  linkOf,
  messageOf,
  type RunningSystem,
  type SystemConfig,
  type SystemDescription,
  type SystemModule,
  type SystemUnderTest,
} from '@stormcart/core';

/** Said where a module says nothing. */
const NO_OPTIONS = { topologies: ['single'], services: {}, policies: {}, algorithms: [] };

/** What a module leaves out, filled in. */
export function completeSystem(module: SystemModule): SystemUnderTest {
  const { name, invariants = [] } = module;
  return {
    name,
    options: { ...NO_OPTIONS, ...module.options },
    invariants,
    describe: (config) => completeDescription(module, describeModule(module, config)),
    boot: async (config, context) => completeRunning(await bootModule(module, config, context)),
    requirements: async (config) => (await module.requirements?.(config)) ?? [],
    installHint: async (missing) =>
      (await module.installHint?.(missing)) ?? `Install ${missing.map((each) => each.name).join(', ')}.`,
  };
}

function describeModule(module: SystemModule, config: SystemConfig): ReturnType<SystemModule['describe']> {
  try {
    return module.describe(config);
  } catch (cause) {
    throw new AppError({
      kind: 'usage',
      code: 'SYSTEM_NOT_DESCRIBED',
      message: `${module.name} cannot describe itself: ${messageOf(cause)}`,
      hint: 'This comes from the module that the scenario names as `sut`; docs/own-system.md says what it must do.',
      cause,
    });
  }
}

function completeDescription(
  { invariants = [] }: SystemModule,
  described: ReturnType<SystemModule['describe']>,
): SystemDescription {
  return {
    ...NOTHING_DESCRIBED,
    invariants: invariants.map(({ name, about }) => ({ name, about })),
    ...described,
    links: (described.links ?? []).map(completeLink),
  };
}

const NOTHING_DESCRIBED = { processes: [], stores: [], breakers: [] };

/** A link may be written without what it carries, or as `{from, to}` only. */
function completeLink(link: Link): Link {
  return { ...linkOf(link.from, link.to), ...link };
}

/** Errors of the module's own are the environment's as far as a drill is concerned: nothing was measured. */
async function bootModule(
  module: SystemModule,
  config: SystemConfig,
  context: BootContext,
): ReturnType<SystemModule['boot']> {
  let running: Awaited<ReturnType<SystemModule['boot']>> | undefined;
  try {
    running = await module.boot(config, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    if (cause instanceof AppError) throw cause;
    throw notBooted(module.name, messageOf(cause), cause);
  }
  if (!URL.canParse(running.entryUrl)) {
    throw notBooted(module.name, `its entryUrl is ${JSON.stringify(running.entryUrl)}, which is no URL`);
  }
  return running;
}

function notBooted(name: string, reason: string, cause?: unknown): AppError {
  return new AppError({
    kind: 'environment',
    code: 'SYSTEM_NOT_BOOTED',
    message: `${name} could not be booted: ${reason}`,
    hint: 'This comes from the module that the scenario names as `sut`; docs/own-system.md says what it must do.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function completeRunning(running: Awaited<ReturnType<SystemModule['boot']>>): RunningSystem {
  return {
    addresses: {},
    processes: [],
    stores: [],
    observe: () => Promise.resolve({ breakers: [] }),
    drain: () => Promise.resolve({ isDrained: true, remaining: [] }),
    snapshot: () => Promise.resolve({}),
    close: () => Promise.resolve(),
    ...running,
  };
}
