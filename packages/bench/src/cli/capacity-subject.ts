import { shop } from '@stormcart/sut';
import type { TrialSubject } from '../capacity/run-trial.ts';
import type { Vocabulary } from '../judge/parse-gate.ts';
import { singleRequest } from '../load/single-request.ts';
import { raiseStage, requireAll } from '../stage/stage.ts';
import { sweep } from '../workspace/sweep.ts';
import { closeRun, openRun, openWorkspace } from '../workspace/workspace.ts';
import type { CommandContext } from './command-line.ts';
import { drillProgress } from './drill-progress.ts';
import { targetUrl } from './flag-value.ts';
import { assertKnownHost } from './known-host.ts';
import { loadScenario } from './scenario-files.ts';
import { type TrustFlags, trustFor } from './trust-flags.ts';

export interface OpenedSubject {
  /** `http://127.0.0.1:8080/`, or the scenario's name. */
  readonly title: string;
  readonly subject: Omit<TrialSubject, 'objective'>;
  /** What an objective's labels may name. */
  readonly vocabulary: Vocabulary;
  /** One address for the closed loop, which knows no journeys. */
  readonly closedUrl: URL;
  close(): Promise<void>;
}

interface SubjectOptions extends TrustFlags {
  readonly timeout: number;
  readonly seed: number;
  readonly set: readonly (readonly [string, string])[];
}

/** Slices of availability, for objectives that ask for it. */
const SLICE_MS = 200;
const NOTHING_ELSE = { fault: [], breaker: [], phase: ['baseline'] };

/** A URL as it is, or the booted system of a scenario with its mix. */
export async function openSubject(
  target: string,
  options: SubjectOptions,
  context: CommandContext,
): Promise<OpenedSubject> {
  if (!target.includes('://')) return bootScenario(target, options, context);
  const url = targetUrl(target);
  await assertKnownHost(url, context.signal);
  const journey = singleRequest(url);
  return {
    title: url.href,
    subject: {
      target: url,
      trust: await trustFor(options),
      journeys: [journey],
      mix: { [journey.name]: 1 },
      timeoutMs: options.timeout,
      sliceMs: SLICE_MS,
    },
    vocabulary: { route: journey.routes, journey: [journey.name], ...NOTHING_ELSE },
    closedUrl: url,
    close: () => Promise.resolve(),
  };
}

async function bootScenario(
  name: string,
  { timeout, set }: SubjectOptions,
  { terminal, signal }: CommandContext,
): Promise<OpenedSubject> {
  const { scenario, system, warnings } = await loadScenario(name, shop, { set });
  if (warnings !== '') terminal.message(warnings);
  const { config, load, seed } = scenario;
  const workspace = openWorkspace();
  const onEvent = drillProgress(terminal);
  for (const swept of await sweep(workspace)) onEvent({ kind: 'swept', swept });
  await requireAll(system, config);
  const folders = await openRun(workspace, `capacity-${scenario.name}`, new Date());
  try {
    const stage = await raiseStage({
      system,
      config,
      seed,
      workspace,
      folders,
      faultyLinks: new Set(),
      signal,
      progress: (step, tookMs) => onEvent({ kind: 'bootStep', step, tookMs }),
    });
    onEvent({ kind: 'booted', tookMs: stage.bootMs, entryUrl: stage.system.entryUrl });
    const { entryUrl, certificateAuthority, journeys } = stage.system;
    const described = system.describe(config).journeys;
    return {
      title: scenario.name,
      subject: {
        target: new URL(entryUrl),
        ...(certificateAuthority === undefined
          ? {}
          : { trust: { kind: 'authority', certificate: certificateAuthority.certificate } as const }),
        journeys,
        mix: load.mix,
        habits: load.habits,
        timeoutMs: timeout,
        sliceMs: SLICE_MS,
      },
      vocabulary: {
        route: [...new Set(described.flatMap(({ routes }) => routes))],
        journey: described.map((journey) => journey.name),
        ...NOTHING_ELSE,
      },
      closedUrl: new URL(system === shop ? SHOP_PAGE : '/', entryUrl),
      close: async () => {
        await stage.close();
        await closeRun(folders);
      },
    };
  } catch (error) {
    await closeRun(folders);
    throw error;
  }
}

/** The page that most visits ask for. */
const SHOP_PAGE = '/api/product?id=1';
