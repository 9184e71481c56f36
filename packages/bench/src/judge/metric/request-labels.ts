import type { FigureFilter } from '../figures.ts';
import type { Labels } from '../gate.ts';
import type { Label } from './metric.ts';

/** The labels of every figure that is made of requests. */
export const requestLabels = {
  route: { kind: 'name', of: 'route' },
  journey: { kind: 'name', of: 'journey' },
  during: { kind: 'name', of: 'phase' },
} as const satisfies Record<string, Label>;

export function filterOf(labels: Labels): FigureFilter {
  const { route, journey, during } = labels;
  return {
    ...(typeof route === 'string' ? { route } : {}),
    ...(typeof journey === 'string' ? { journey } : {}),
    ...(typeof during === 'string' ? { during } : {}),
  };
}

/** `route product during hole`, for sentences; empty without labels. */
function describeFilter(filter: FigureFilter): string {
  return Object.entries(filter)
    .map(([label, value]) => `${label} ${value}`)
    .join(' ');
}

/** Why there is no figure: no request matched. */
export function noRequests(filter: FigureFilter): string {
  const which = describeFilter(filter);
  return which === '' ? 'no request was planned' : `no request was planned for ${which}`;
}

/** `about 29 requests are`: how many a gate is about. */
export function plannedText(expected: number): string {
  const count = Math.round(expected);
  return count === 1 ? 'about one request is' : `about ${count} requests are`;
}
