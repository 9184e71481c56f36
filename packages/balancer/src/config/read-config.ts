import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '@stormcart/core';
import type { BalancerConfigInput } from './balancer-config.ts';

/** Reads a configuration from a JSON file; `createBalancer` decides whether it is one. Throws `NO_CONFIG`. */
export async function readBalancerConfig(path: string): Promise<BalancerConfigInput> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as BalancerConfigInput;
  } catch (cause) {
    throw new AppError<'NO_CONFIG'>({
      kind: 'usage',
      code: 'NO_CONFIG',
      message: `cannot read ${path}: ${messageOf(cause)}`,
      cause,
    });
  }
}
