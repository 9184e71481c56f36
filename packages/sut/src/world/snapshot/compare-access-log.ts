import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ClientExchange } from '@stormcart/core';
import { z } from 'zod';
import type { AccessLogComparison } from './shop-snapshot.ts';

/** One request as the balancer logged it; a null status means that the client was told nothing. */
const lineSchema = z.object({ requestId: z.string(), status: z.int().nullable(), durationMs: z.number() });

/** A line of another process's log, or of the balancer's own messages, is none of these. */
const ACCESS_LINE = '"requestId":';

/** The balancer says so once in each of its lives. */
const BIRTH = 'balancer listens on ';

/** Disagreements repeat themselves; these show what kind they are. */
const SHOWN_MAX = 50;

/**
 * Joins what the clients were answered with the balancer's access log, by request id. Reads the log line by line:
 * what is kept is one entry per answered request.
 */
export async function compareAccessLog(
  file: string,
  exchanges: readonly ClientExchange[],
  signal: AbortSignal,
): Promise<AccessLogComparison> {
  const told = new Map(exchanges.map(({ requestId, status }) => [requestId, status]));
  const seen = new Set<string>();
  const differing: AccessLogComparison['differing'] = [];
  const repeated: string[] = [];
  let [lineCount, lifeCount, differingCount, repeatedCount] = [0, 0, 0, 0];
  const input = createReadStream(file, { encoding: 'utf8', signal });
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.startsWith(BIRTH)) lifeCount += 1;
    const line = readLine(text);
    if (line === undefined) continue;
    lineCount += 1;
    const { requestId, status: logged } = line;
    const client = told.get(requestId);
    if (client === undefined) continue;
    if (seen.has(requestId)) {
      repeatedCount += 1;
      if (repeated.length < SHOWN_MAX) repeated.push(requestId);
    } else if (logged !== client) {
      differingCount += 1;
      if (differing.length < SHOWN_MAX) differing.push({ requestId, logged, client });
    }
    seen.add(requestId);
  }
  const missing = [...told.keys()].filter((requestId) => !seen.has(requestId));
  return {
    answeredCount: told.size,
    lineCount,
    lifeCount,
    differingCount,
    differing,
    repeatedCount,
    repeated,
    missingCount: missing.length,
    missing: missing.slice(0, SHOWN_MAX),
  };
}

function readLine(text: string): z.infer<typeof lineSchema> | undefined {
  if (!text.includes(ACCESS_LINE)) return undefined;
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Half a line: the balancer was killed while it wrote.
    return undefined;
  }
}
