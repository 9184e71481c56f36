import { availableParallelism, cpus, release, totalmem } from 'node:os';
import type { Requirement } from '@stormcart/core';

/** What a figure depends on besides the code: two reports compare only where these agree. */
export function describeEnvironment(
  requirements: readonly Requirement[],
): Readonly<Record<string, string | number>> {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    ...Object.fromEntries(requirements.map(({ name, version }) => [name, version ?? 'missing'])),
  };
}
