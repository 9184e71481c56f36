import { messageOf } from '@stormcart/core';
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Path } from './problem.ts';
import type { Overridden } from './reporter.ts';

/** What the command line changes about a scenario. */
export interface Overrides {
  /** Pairs of a path such as `load.mix.browse` or `faults.hole.for` and a value, written as in the file. */
  readonly set?: readonly (readonly [path: string, value: string])[];
  /** Multiplies every duration of load and faults. */
  readonly scale?: number;
  readonly seed?: number;
  readonly topology?: string;
}

export interface AppliedOverrides {
  readonly overridden: readonly Overridden[];
  /** Flags that could not be applied, and why. */
  readonly failures: readonly string[];
}

/** Changes the document before it is checked, so that an override is held to the rules of the file. */
export function applyOverrides(document: Document, overrides: Overrides): AppliedOverrides {
  const overridden: Overridden[] = [];
  const failures: string[] = [];
  const apply = (path: Path, value: unknown, flag: string): void => {
    try {
      if (path.length === 0 || path.includes('')) throw new Error('the path is empty or has an empty step');
      document.setIn(path, document.createNode(value));
      overridden.push({ path, flag });
    } catch (error) {
      failures.push(`${flag} cannot be applied: ${messageOf(error)}`);
    }
  };
  for (const [path, value] of overrides.set ?? []) {
    apply(resolvePath(document, path), readValue(value), `--set ${path}=${value}`);
  }
  if (overrides.seed !== undefined) apply(['seed'], overrides.seed, `--seed ${overrides.seed}`);
  if (overrides.topology !== undefined)
    apply(['topology'], overrides.topology, `--topology ${overrides.topology}`);
  return { overridden, failures };
}

/** Steps into a list are an index, or the id of one of its entries: `faults.0.for`, `faults[0].for`, `faults.hole.for`. */
function resolvePath(document: Document, text: string): Path {
  const path: (string | number)[] = [];
  for (const step of text.replaceAll(/\[(\d+)\]/g, '.$1').split('.')) {
    const around = path.length === 0 ? document.contents : document.getIn(path, true);
    if (!isSeq(around)) {
      path.push(step);
      continue;
    }
    const byId = around.items.findIndex((item) => {
      const id = isMap(item) ? item.get('id', true) : undefined;
      return isScalar(id) && id.value === step;
    });
    path.push(byId === -1 ? indexIn(around.items.length, step) : byId);
  }
  return path;
}

/** An index past the end would leave holes; an empty step makes the path fail. */
function indexIn(length: number, step: string): string | number {
  return /^\d{1,6}$/.test(step) && Number(step) <= length ? Number(step) : '';
}

/** As in the file; what is no YAML by itself, such as `*->redis`, is taken as a text. */
function readValue(text: string): unknown {
  if (text.trim() === '') return '';
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return text;
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return text;
  }
}
