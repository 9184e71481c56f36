import type { ReportAvailability, ReportFault } from './report.ts';

/** How many characters the strips may take on an 80-column terminal beside their labels. */
const STRIP_COLUMNS = 64;

/**
 * The availability strip: one character for a few slices, `█` all up, `▒` some down, `░` all down.
 * Down wins attention, so a column never hides one.
 */
export function availabilityStrip(availability: ReportAvailability): string {
  const { slices } = availability;
  const columns = Math.min(STRIP_COLUMNS, slices.length);
  let strip = '';
  for (let column = 0; column < columns; column += 1) {
    const part = slices.slice(
      Math.floor((column * slices.length) / columns),
      Math.floor(((column + 1) * slices.length) / columns),
    );
    if (!part.includes('-')) strip += '█';
    else strip += part.includes('+') ? '▒' : '░';
  }
  return strip;
}

/** A line under the availability strip that marks when a fault was active. */
export function faultStrip(availability: ReportAvailability, fault: ReportFault): string {
  const { slices, slicesStartMs, sliceMs } = availability;
  const columns = Math.min(STRIP_COLUMNS, slices.length);
  if (fault.appliedMs === undefined || columns === 0) return '';
  const spanMs = slices.length * sliceMs;
  const endMs = fault.revertedMs ?? slicesStartMs + spanMs;
  let strip = '';
  for (let column = 0; column < columns; column += 1) {
    const columnStartMs = slicesStartMs + (column * spanMs) / columns;
    const columnEndMs = slicesStartMs + ((column + 1) * spanMs) / columns;
    strip += fault.appliedMs < columnEndMs && endMs > columnStartMs ? '▀' : ' ';
  }
  return strip.trimEnd();
}
