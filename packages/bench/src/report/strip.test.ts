import { expect, it } from 'vitest';
import type { ReportAvailability, ReportFault } from './report.ts';
import { availabilityStrip, faultStrip } from './strip.ts';

const availability = (slices: string): ReportAvailability => ({
  slices,
  sliceMs: 200,
  downBelow: 0.95,
  slicesStartMs: 5_000,
  downMs: 0,
  outages: [],
});

const fault = (appliedMs: number, revertedMs: number): ReportFault => ({
  id: 'hole',
  what: '',
  plannedAtMs: appliedMs,
  plannedForMs: revertedMs - appliedMs,
  appliedMs,
  revertedMs,
  hits: 1,
  isVerified: true,
  during: { name: 'hole', planned: 0, outcomes: {} as ReportFault['during']['outcomes'] },
});

it('shows a slice each while there is room', () => {
  expect(availabilityStrip(availability('++-+'))).toBe('██░█');
});

it('never hides one down slice among many', () => {
  const slices = `${'+'.repeat(300)}-${'+'.repeat(299)}`;
  const strip = availabilityStrip(availability(slices));
  expect(strip).toHaveLength(64);
  expect(strip.match(/▒/g)).toHaveLength(1);
});

it('marks the time of a fault below it', () => {
  expect(faultStrip(availability('++++++++++'), fault(5_400, 6_000))).toBe('  ▀▀▀');
});
