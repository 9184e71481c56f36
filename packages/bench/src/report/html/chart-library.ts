import { readFileSync } from 'node:fs';

/** uPlot as it comes from npm, with the notice that its licence asks for. */
export interface ChartLibrary {
  readonly script: string;
  readonly style: string;
}

export function chartLibrary(): ChartLibrary {
  return {
    script: `/*\n${read('LICENSE')}*/\n${read('dist/uPlot.iife.min.js')}`,
    style: read('dist/uPlot.min.css'),
  };
}

function read(file: string): string {
  return readFileSync(new URL(import.meta.resolve(`uplot/${file}`)), 'utf8');
}
