import type { Report } from '../report.ts';

/** Values that are read as one thing, such as a step's outcomes, stay on one line up to this many characters. */
const LINE_CHARS = 120;

/** The report as JSON for people, too: short objects and all columns of numbers on one line, or a diff drowns. */
export function reportJson(report: Report): string {
  return `${write(report, '')}\n`;
}

function write(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const flat = JSON.stringify(value);
  const isColumn = Array.isArray(value) && value.every((item) => typeof item === 'number' || item === null);
  if (isColumn || flat.length + indent.length <= LINE_CHARS) return flat;
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item: unknown) => `${inner}${write(item, inner)}`).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${inner}${JSON.stringify(name)}: ${write(member, inner)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}
