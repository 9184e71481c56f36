import type {
  LinkProtocol,
  SwitchDescription,
  SystemProcess,
  SystemStore,
  SystemSwitch,
} from '@stormcart/core';
import type { ChaosErrorCode } from '../chaos-error.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import type { AttributeValues, FaultKind } from './attribute.ts';
import type { Fault } from './fault.ts';

/** A fault as a scenario asks for it. */
export interface FaultSpec {
  readonly id: string;
  /** Its row in the family table: `link`, `process`, `store`. */
  readonly family: string;
  /** One of the family's kinds: `timeout`, `kill`. */
  readonly kind: string;
  /** Full names of what is broken, patterns resolved: `catalog->redis`, `orders/1`. */
  readonly targets: readonly string[];
  /** In the base units of the kind's attributes; what is absent has its usual value. */
  readonly attributes: AttributeValues;
}

/** What there is to break in the running system. */
export interface FaultTargets {
  /** Proxy by link. */
  readonly proxies: ReadonlyMap<string, string>;
  /** HTTP forwarder by link; absent: no link has one. */
  readonly httpProxies?: ReadonlyMap<string, string>;
  /** Undefined when no link has a proxy in it. */
  readonly faultProxy: FaultProxy | undefined;
  readonly processes: ReadonlyMap<string, SystemProcess>;
  readonly stores: ReadonlyMap<string, SystemStore>;
  /** What of the world around the system can be made to misbehave. */
  readonly switches?: ReadonlyMap<string, SystemSwitch>;
}

/** What a system says that can happen to it, before it runs. */
export interface FaultOffers {
  readonly switches?: readonly SwitchDescription[];
}

/** A request for a fault that has been checked: its kind exists, its targets too, its attributes are complete. */
export interface CheckedSpec<Target> {
  readonly id: string;
  readonly kind: string;
  /** The names, and what they stand for, in the same order. At least one, each once. */
  readonly names: readonly string[];
  readonly targets: readonly Target[];
  readonly attributes: AttributeValues;
}

/** One family of faults: what it can break, in which ways, and how. */
export interface FaultFamily<Target = unknown> {
  /** The key under which a scenario names what is broken, and the word for it in messages. */
  readonly targetKey: 'link' | 'process' | 'store' | 'world';
  /** The key under which a scenario names the kind: `toxic`, `action`. */
  readonly kindKey: string;
  /** Links that carry anything else are none of its targets; absent: every link is. */
  readonly linkProtocol?: LinkProtocol;
  /** For people: `what happens to the link`. */
  readonly about: string;
  readonly kinds: Readonly<Record<string, FaultKind>>;
  /** For a family whose kinds are the system's to say: these, in place of `kinds`. */
  kindsIn?(offers: FaultOffers): Readonly<Record<string, FaultKind>>;
  readonly unknownTarget: ChaosErrorCode;
  /** Everything in the running system that it could break, by name. */
  targetsIn(targets: FaultTargets): ReadonlyMap<string, Target>;
  /** Makes the fault; nothing is broken yet. */
  create(spec: CheckedSpec<Target>, targets: FaultTargets): Fault;
}
