import type { Supervisor } from '../supervise/supervisor.ts';
import type { Invariant } from './invariant.ts';
import type { Journey } from './journey.ts';
import type { Address, Link } from './link.ts';
import type { JourneyShare, SharedJourneys } from './shared-journeys.ts';
import type { StoreDescription, SystemStore } from './store.ts';
import type { SwitchDescription, SystemSwitch } from './switch.ts';

/** The part of a scenario that shapes the system. Absent keys mean the system's defaults. */
export interface SystemConfig {
  readonly topology: string;
  /** Replicas by service. */
  readonly services: Readonly<Record<string, number>>;
  /** Resilience policy by dependency. */
  readonly policies: Readonly<Record<string, string>>;
  /** Balancing algorithm; absent means the system's default. */
  readonly algorithm?: string;
}

/** Everything a scenario may name, known before anything is booted. */
export interface SystemDescription {
  readonly links: readonly Link[];
  /** Supervised processes, stores included: `orders/1`, `redis`. */
  readonly processes: readonly string[];
  /** What store faults may act on. */
  readonly stores: readonly StoreDescription[];
  /** What of the world around it can be made to misbehave; absent where nothing can. */
  readonly switches?: readonly SwitchDescription[];
  readonly journeys: readonly JourneyDescription[];
  /** Mixes of these journeys that `load.mix` may call by name; absent where there are none. */
  readonly mixes?: readonly MixDescription[];
  /** Whether journeys choose by `visit.choosePopular`, so that `load.popularity` means something. */
  readonly choosesPopular?: true;
  /** Breakers by the name that gates use: `catalog.redis`. */
  readonly breakers: readonly string[];
  readonly invariants: readonly { readonly name: string; readonly about: string }[];
}

export interface JourneyDescription {
  readonly name: string;
  readonly about: string;
  readonly routes: readonly string[];
}

export interface MixDescription {
  readonly name: string;
  readonly about: string;
  /** By journey; they need not add up to anything. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Accepted values of `SystemConfig`, for messages and the schema. */
export interface SystemOptions {
  readonly topologies: readonly string[];
  readonly services: Readonly<Record<string, { readonly replicas: number; readonly replicasMax: number }>>;
  readonly policies: Readonly<
    Record<string, { readonly accepted: readonly string[]; readonly usual: string }>
  >;
  readonly algorithms: readonly string[];
}

export interface BootContext {
  readonly supervisor: Supervisor;
  readonly seed: number;
  /** For data that lives as long as the run; the caller removes it. */
  readonly dataFolder: string;
  readonly logFolder: string;
  /** For what the next run can use again (store templates). */
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
  /**
   * The address that `link.from` must use to reach `link.to`: the real one, or that of a fault proxy.
   * Called once per link, after the real address is known. With `listen` it is that of a fault proxy in any case, and
   * there: for a `link.from` that was told beforehand where to connect to.
   */
  interpose(link: Link, upstream: Address, listen?: Address): Promise<Address>;
  /** One line of progress for the person who waits: `mariadb ready`, with how long it took. */
  progress(step: string, tookMs: number): void;
}

/** A process that faults may act on. */
export interface SystemProcess {
  readonly name: string;
  /** Where it keeps its data; absent for a process that keeps none of its own. */
  readonly dataFolder?: string | undefined;
  /** What asks it to end; SIGTERM when absent. */
  readonly stopSignal?: NodeJS.Signals | undefined;
  pid(): number | undefined;
  state(): 'starting' | 'ready' | 'down' | 'stopped';
  whenReady(signal: AbortSignal): Promise<void>;
  restart(): Promise<void>;
}

/** What a system tells about itself while it runs. Counters only grow within one life of a process. */
export interface SystemObservation {
  readonly breakers: readonly BreakerObservation[];
  /** What whoever hands requests to them tells of its processes; absent where nobody does. */
  readonly processes?: readonly ProcessObservation[];
}

/** One process, seen from where its requests come from. */
export interface ProcessObservation {
  /** As in `RunningSystem.processes`: `catalog/1`. */
  readonly name: string;
  readonly inFlightCount: number;
  /** False: it gets no requests because it was found wanting. */
  readonly isInRotation: boolean;
  /** Requests that have ended, and how long they took in all. */
  readonly requestCount: number;
  readonly requestMsSum: number;
}

export interface BreakerObservation {
  /** `catalog.redis` */
  readonly name: string;
  /** `catalog/1` */
  readonly process: string;
  readonly state: 'closed' | 'open' | 'halfOpen';
  readonly openedCount: number;
  /** Calls that were refused without being tried. */
  readonly refusedCount: number;
  /** Calls that were begun and whose result nobody waited for; absent where a system does not count them. */
  readonly wastedCount?: number;
  /** Calls that were not tried because too many were under way; absent where a system does not count them. */
  readonly overflowCount?: number;
}

/** A booted system. */
export interface RunningSystem {
  /** Where customers send their requests: `https://127.0.0.1:20443`. */
  readonly entryUrl: string;
  /** Who signed what an https entry shows; a client of this system trusts it and nobody else. Absent with http. */
  readonly certificateAuthority?: CertificateAuthority;
  /** Other addresses worth printing, by name. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly processes: readonly SystemProcess[];
  /** Those of the description, by the same names. */
  readonly stores: readonly SystemStore[];
  /** Those of the description, by the same names. */
  readonly switches?: readonly SystemSwitch[];
  readonly journeys: readonly Journey[];
  /**
   * What an attacker tries beside the load, again and again, faults or not. Its operations are recorded; its requests
   * count in no figure. Absent when there is nothing to try.
   */
  readonly probes?: Journey;
  observe(signal: AbortSignal): Promise<SystemObservation>;
  /** Waits until nothing is under way any more (queues and outbox empty, sagas ended). False when time ran out. */
  drain(signal: AbortSignal): Promise<DrainResult>;
  /**
   * The data that the invariants judge, as plain JSON. `exchanges` is what the clients know, for comparison with the
   * system's own logs. Rejects when a store cannot be read.
   */
  snapshot(signal: AbortSignal, exchanges?: readonly ClientExchange[]): Promise<unknown>;
  /**
   * Takes in what `SharedJourneys.news` told elsewhere. Absent where nothing needs to be told. Throws when it cannot be
   * understood.
   */
  hearOfShare?(news: unknown): void;
  /** Ends what the supervisor does not know of: servers inside this process, connections. */
  close(): Promise<void>;
}

/** A certificate authority, for clients. */
export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  /** Where it lies, for other programs: `curl --cacert FILE`. */
  readonly file: string;
}

/** One request that got a whole answer, as its client saw it. */
export interface ClientExchange {
  /** What was sent as `X-Request-Id`. */
  readonly requestId: string;
  readonly status: number;
}

export interface DrainResult {
  readonly isDrained: boolean;
  /** What was still under way when time ran out: `outbox: 3 rows`. */
  readonly remaining: readonly string[];
}

/** The one way in which drills see a system. The shop is one implementation; a user's module may be another. */
export interface SystemUnderTest {
  readonly name: string;
  readonly options: SystemOptions;
  describe(config: SystemConfig): SystemDescription;
  boot(config: SystemConfig, context: BootContext): Promise<RunningSystem>;
  /**
   * Its journeys in a process that did not boot it. Visits of different shares never get in each other's way. Absent:
   * the journeys need what only the process has that booted it, so nobody else can make its load.
   */
  readonly shareJourneys?: (share: JourneyShare) => SharedJourneys;
  readonly invariants: readonly Invariant[];
  /** Programs and the like that must be there before a boot. */
  requirements(config: SystemConfig): Promise<readonly Requirement[]>;
  /** What to type on this machine to get them. */
  installHint(missing: readonly Requirement[]): Promise<string>;
}

/** Something a machine must have; what `doctor` shows. */
export interface Requirement {
  readonly name: string;
  /** `10.11.19`; undefined when missing. */
  readonly version: string | undefined;
  readonly path: string | undefined;
  /** What does not work without it. */
  readonly disables: string;
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
}
