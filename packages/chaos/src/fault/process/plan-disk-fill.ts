import { bytes } from '@stormcart/core';

export interface DiskState {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** It is the machine's own file system. */
  readonly isRoot: boolean;
}

export interface DiskFillRequest {
  readonly disk: DiskState;
  /** What is to stay free. */
  readonly leaveBytes: number;
  /** The most that is taken; undefined for all there is. */
  readonly sizeBytes: number | undefined;
}

export type DiskFillPlan =
  | { readonly kind: 'fill'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** A file system of its own and no larger than this was made to be filled; a larger one is somebody's disk. */
const QUOTA_BYTES_MAX = 4 * 1_073_741_824;
/** How much of the free room of somebody's disk may be taken. */
const SHARE_MAX = 0.5;

/** How much to take: to the brim only of a small disk of its own, and never much of the machine's. */
export function planDiskFill({ disk, leaveBytes, sizeBytes }: DiskFillRequest): DiskFillPlan {
  const { freeBytes, totalBytes, isRoot } = disk;
  const isQuota = !isRoot && totalBytes <= QUOTA_BYTES_MAX;
  const mayTakeBytes = Math.floor(freeBytes * SHARE_MAX);
  if (!isQuota && (sizeBytes === undefined || sizeBytes > mayTakeBytes)) {
    const what = isRoot ? "is on the machine's own disk" : `is on a disk of ${bytes.format(totalBytes)}`;
    const wanted = sizeBytes === undefined ? 'size is missing' : `${bytes.format(sizeBytes)} is too much`;
    return {
      kind: 'refused',
      message: `it ${what}, which is never filled: ${wanted}`,
      hint: `Accepted: a size of up to ${Math.floor(mayTakeBytes / 1_048_576)}MiB, half of what is free; or mount a small file system there (up to ${bytes.format(QUOTA_BYTES_MAX)}).`,
    };
  }
  const wantedBytes = Math.min(sizeBytes ?? Number.POSITIVE_INFINITY, freeBytes - leaveBytes);
  if (wantedBytes > 0) return { kind: 'fill', bytes: wantedBytes };
  return {
    kind: 'refused',
    message: `only ${bytes.format(Math.max(0, freeBytes))} is free already`,
    hint: `Accepted: a leave of less than that.`,
  };
}
