import { fileURLToPath } from 'node:url';

/** The file to run as a process: `node <balancerEntry> <config.json>`. */
export const balancerEntry = fileURLToPath(new URL('./main.ts', import.meta.url));
