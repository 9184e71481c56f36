import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/** The page's own script, in an order in which each file comes after those that it imports. */
const FILES = ['time-axis.ts', 'chart-figures.ts', 'theme.ts', 'lanes.ts', 'charts.ts', 'main.ts'] as const;

/**
 * The files of `client/` as one script without types and imports. They share one scope in the page, so no two of them
 * may declare the same name at their top; a test looks after that.
 */
export function inlineScript(): string {
  const files = FILES.map((file) => {
    const source = readFileSync(new URL(`./client/${file}`, import.meta.url), 'utf8');
    return withoutTypes(source)
      .replaceAll(/^import\s[^;]*;$/gm, '')
      .replaceAll(/^export (?=function|const|class)/gm, '')
      .replaceAll(/^\s*\n/gm, '');
  });
  return `(() => {\n'use strict';\n${files.join('')}})();\n`;
}

/**
 * Node calls its function experimental, once and on standard error, where a drill's messages are. The version of Node
 * is pinned, so there is nothing for the reader of a drill to do about it.
 */
function withoutTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
