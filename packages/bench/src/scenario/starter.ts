import { duration, rate, type SystemUnderTest } from '@stormcart/core';
import { usualConfig } from './scenario-schema.ts';

const STEADY_RATE = 40;
const WARMUP_MS = 5_000;
const MEASURED_MS = 40_000;
const FAULT_AT_MS = 15_000;
const FAULT_FOR_MS = 10_000;

/** Systems name what most customers do first; the rest (a checkout, a registration) is rarer and costs more. */
const FIRST_WEIGHT = 10;

/** A scenario that is right for this system as it stands, with a line on each thing that can be changed. */
export function starterScenario(system: SystemUnderTest): string {
  const { journeys, links } = system.describe(usualConfig(system));
  const link = links.find(({ to }) => to === 'redis') ?? links[0];
  const [length, load] = [duration.format(MEASURED_MS), rate.format(STEADY_RATE)];
  return `# yaml-language-server: $schema=./schema.json
# \`stormcart schema > schema.json\` beside this file gives completion in editors.
version: 1
name: first
about: What happens, in a sentence.
hypothesis: What you expect the drill to show.
seed: 1

load:
  # Weights of what customers do; they need not add up to 100.
  mix: {${journeys.map(({ name }, index) => `${name}: ${index === 0 ? FIRST_WEIGHT : 1}`).join(', ')}}
  stages:
    - {for: ${duration.format(WARMUP_MS)}, rate: ${load}, warmup: true}
    - {for: ${length}, rate: ${load}}

# A slice of time is down when too few requests succeed in it.
availability: {slice: 200ms, down: success < 95%, objective: 99%}
${link === undefined ? '' : faultText(link.name)}
# The drill fails when one of these does.
gates:
  - availability >= 95%
  - p99 < 2s

# Afterwards every invariant of the system is checked.
audit: all
`;
}

function faultText(link: string): string {
  return `
# Times count from the start of the load, its warm-up included.
faults:
  - {id: slow, at: ${duration.format(FAULT_AT_MS)}, for: ${duration.format(FAULT_FOR_MS)}, link: "${link}", toxic: latency, latency: 100ms, jitter: 20ms}
`;
}
