import { z } from 'zod';
import { defineToxic } from './toxic.ts';

/** Nothing listens and what was open is closed. Toxiproxy's `enabled: false` as a toxic, with a lease. */
export const downToxic = defineToxic(z.object({}), () => ({ kind: 'listener' }));
