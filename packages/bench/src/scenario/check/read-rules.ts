import { duration } from '@stormcart/core';
import type { Gate } from '../../judge/gate.ts';
import { metricNamed, metrics } from '../../judge/metric/table.ts';
import type { Path } from '../problem.ts';
import type { AbortRule } from '../scenario.ts';
import { type GateContext, readGate } from './check-gates.ts';

/** The share of success under which a slice is down: `success < 95%`. */
export function readDownRule(text: string, context: GateContext): number | undefined {
  const path = ['availability', 'down'];
  // A slice holds few requests; whether the limit suits them is the writer's choice.
  const gate = readGate(text, path, { ...context, timeline: undefined });
  if (gate === undefined || hasWindow(gate, path, context)) return undefined;
  if (gate.metric !== 'success' || gate.operator !== '<' || Object.keys(gate.labels).length > 0) {
    context.reporter.error(path, 'a slice is judged by its share of success only, as in `success < 95%`');
    return undefined;
  }
  return gate.limit;
}

const ABORT = /^(.*\S)\s+for\s+(\S.*)$/s;
/** Shorter is one look, which a single lost request can spoil. */
const SHORTEST_ABORT_MS = 100;

/** `success < 50% for 5s` */
export function readAbortRule(text: string, context: GateContext): AbortRule | undefined {
  const { reporter } = context;
  const path = ['abort'];
  const [, condition, length] = ABORT.exec(text) ?? [];
  if (condition === undefined || length === undefined) {
    reporter.error(path, 'an abort condition says for how long, as in `success < 50% for 5s`');
    return undefined;
  }
  const forMs = duration.parse(length);
  if (forMs === undefined || forMs < SHORTEST_ABORT_MS) {
    reporter.error(
      path,
      `expected a duration of ${duration.format(SHORTEST_ABORT_MS)} or more after \`for\`, such as 5s`,
      {
        offset: text.length - length.length,
      },
    );
  }
  const gate = readGate(condition, path, { ...context, timeline: undefined });
  if (gate === undefined || hasWindow(gate, path, context)) return undefined;
  if (!isLive(gate, context) || forMs === undefined) return undefined;
  return { condition: gate, forMs };
}

/** A rule that is watched has a length of its own. */
function hasWindow(gate: Gate, path: Path, { reporter }: GateContext): boolean {
  if (gate.windowMs === undefined) return false;
  reporter.error(path, 'this rule takes no `over`: only gates are asked of windows');
  return true;
}

function isLive(gate: Gate, { reporter }: GateContext): boolean {
  const live = metrics.filter((metric) => metric.isLive).map((metric) => metric.name);
  if (metricNamed(gate.metric)?.isLive === true && Object.keys(gate.labels).length === 0) return true;
  reporter.error(
    ['abort'],
    `\`${gate.text}\` cannot be watched during a drill; an abort condition is about one of these, without labels`,
    {
      accepted: live,
    },
  );
  return false;
}
