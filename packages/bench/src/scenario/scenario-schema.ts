import type { SystemConfig, SystemUnderTest } from '@stormcart/core';
import { z } from 'zod';
import { scenarioFormat, systemFormat } from './format/scenario-format.ts';

/** The JSON Schema (2020-12) of scenario files for this system, for completion and checks in editors. */
export function scenarioSchema(system: SystemUnderTest): Record<string, unknown> {
  const format = scenarioFormat(system.options, system.describe(usualConfig(system)));
  const schema = z.toJSONSchema(format, { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: `A Stormcart scenario for ${system.name}` };
}

/** What the system is like when a scenario says nothing about it. */
export function usualConfig({ options }: SystemUnderTest): SystemConfig {
  const { topology, services, policies } = systemFormat(options).parse({});
  return { topology, services, policies };
}
