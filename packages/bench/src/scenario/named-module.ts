import { openDocument } from './document.ts';
import { createLocator } from './locate.ts';
import { applyOverrides, type Overrides } from './override.ts';
import type { Problem } from './problem.ts';
import { createReporter } from './reporter.ts';

/** The module that a scenario names as its system, and how to say what is wrong with it. */
export interface NamedModule {
  readonly path: string;
  problem(message: string): Problem;
}

/** Undefined where none is named, or nothing can be read: that is told when the whole scenario is. */
export function namedModule(content: Uint8Array | string, overrides: Overrides): NamedModule | undefined {
  const result = openDocument(content);
  if (result.kind === 'bad') return undefined;
  const { opened } = result;
  const { overridden } = applyOverrides(opened.document, overrides);
  const path = opened.document.get('sut');
  if (typeof path !== 'string' || path === '') return undefined;
  return {
    path,
    problem: (message) => {
      const reporter = createReporter(createLocator(opened), overridden);
      reporter.error(['sut'], message);
      const [problem] = reporter.errors();
      return problem ?? { line: 1, column: 1, path: 'sut', message };
    },
  };
}
