import { z } from 'zod';
import { defineToxic } from './toxic.ts';

/** Nothing listens and what was open is closed. Toxiproxy's `enabled: false`, with a lease. */
export const downToxic = defineToxic(z.strictObject({}), () => ({ kind: 'listener' }));
