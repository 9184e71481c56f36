import { type AlgorithmName, algorithmNames } from '@stormcart/balancer';
import { AppError, type SystemConfig, type SystemOptions } from '@stormcart/core';
import { type PolicyKind, policyKinds } from '../policy/policy.ts';
import { type OverloadKind, overloadKinds } from '../service/overload/overload-kind.ts';
import { type ServiceName, serviceTable } from './service-table.ts';

/** Dependencies whose calls a resilience policy guards. */
export type PolicyDependency = 'cache' | 'payment' | 'recommendation' | 'fraud';

/** A scenario's wishes with every default filled in. */
export interface ShopConfig {
  readonly replicas: Readonly<Record<ServiceName, number>>;
  readonly policies: Readonly<Record<PolicyDependency, PolicyKind>>;
  /** Deadlines, bulkheads and load shedding of every service: the policy `overload`. */
  readonly overload: OverloadKind;
  readonly algorithm: AlgorithmName;
}

const USUAL_ALGORITHM = 'round-robin';
const guarded = { accepted: policyKinds, usual: 'opossum' } as const;
const overload = { accepted: overloadKinds, usual: 'priority' } as const;

export const shopOptions = {
  topologies: ['single'],
  services: Object.fromEntries(
    serviceTable.map(({ name, replicas, replicasMax }) => [name, { replicas, replicasMax }]),
  ),
  policies: { cache: guarded, payment: guarded, recommendation: guarded, fraud: guarded, overload },
  algorithms: algorithmNames,
} satisfies SystemOptions;

/**
 * Fills in the defaults. Throws `SHOP_CONFIG_INVALID` with every issue: scenarios are checked against
 * `shopOptions` before, so only a program that boots the shop by itself sees it.
 */
export function resolveShopConfig(config: SystemConfig): ShopConfig {
  const issues = [
    ...unknownWord('topology', config.topology, shopOptions.topologies),
    ...Object.entries(config.services).flatMap(([name, count]) => replicaIssues(name, count)),
    ...Object.entries(config.policies).flatMap(([dependency, kind]) => policyIssues(dependency, kind)),
    ...unknownWord('algorithm', config.algorithm ?? USUAL_ALGORITHM, algorithmNames),
  ];
  if (issues.length > 0) {
    throw new AppError<'SHOP_CONFIG_INVALID'>({
      kind: 'usage',
      code: 'SHOP_CONFIG_INVALID',
      message: `the shop cannot be booted like this: ${issues.join('; ')}`,
      details: { issues },
    });
  }
  const replicasOf = (name: ServiceName): number =>
    config.services[name] ?? serviceTable.find((row) => row.name === name)?.replicas ?? 1;
  const policyOf = (dependency: PolicyDependency): PolicyKind =>
    policyKinds.find((kind) => kind === config.policies[dependency]) ?? guarded.usual;
  return {
    replicas: {
      catalog: replicasOf('catalog'),
      account: replicasOf('account'),
      orders: replicasOf('orders'),
      worker: replicasOf('worker'),
    },
    policies: {
      cache: policyOf('cache'),
      payment: policyOf('payment'),
      recommendation: policyOf('recommendation'),
      fraud: policyOf('fraud'),
    },
    overload: overloadKinds.find((kind) => kind === config.policies['overload']) ?? overload.usual,
    algorithm: algorithmNames.find((name) => name === config.algorithm) ?? USUAL_ALGORITHM,
  };
}

function unknownWord(what: string, word: string, accepted: readonly string[]): readonly string[] {
  return accepted.includes(word) ? [] : [`${what} \`${word}\` is not one of ${accepted.join(', ')}`];
}

function policyIssues(dependency: string, kind: string): readonly string[] {
  const row = Object.entries(shopOptions.policies).find(([name]) => name === dependency);
  if (row === undefined) return unknownWord('dependency', dependency, Object.keys(shopOptions.policies));
  return unknownWord(`policies.${dependency}`, kind, row[1].accepted);
}

function replicaIssues(name: string, count: number): readonly string[] {
  const row = serviceTable.find((candidate) => candidate.name === name);
  if (row === undefined) return unknownWord('service', name, Object.keys(shopOptions.services));
  if (Number.isInteger(count) && count >= 1 && count <= row.replicasMax) return [];
  return [`services.${name} is ${count}, not a whole number from 1 to ${row.replicasMax}`];
}
