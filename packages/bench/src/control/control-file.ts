import { z } from 'zod';

/** In the run directory while a drill runs, mode 0600: how to reach its control API. */
export const CONTROL_FILE = 'control.json';

export const controlFileFormat = z.strictObject({
  version: z.literal(1),
  /** `http://127.0.0.1:41234` */
  url: z.url(),
  /** Goes into `Authorization: Bearer …`. */
  token: z.string().min(32),
  pid: z.number().int().positive(),
});

export type ControlFile = z.infer<typeof controlFileFormat>;
