export type { AccessLine, LogSink } from './access-log/access-log.ts';
export { descriptorSink } from './access-log/descriptor-sink.ts';
export { type AlgorithmName, algorithmNames } from './algorithm/table.ts';
export type { BackendReport } from './backend/backend.ts';
export { type Balancer, type BalancerOptions, createBalancer } from './balancer.ts';
export { balancerEntry } from './balancer-entry.ts';
export { type BalancerConfig, type BalancerConfigInput, balancerConfig } from './config/balancer-config.ts';
export { readBalancerConfig } from './config/read-config.ts';
