import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '@stormcart/core';
import type { Trust } from '../load/http/target.ts';

/** Whom to believe about an https target. */
export interface TrustFlags {
  /** A PEM file. */
  readonly ca?: string;
  readonly insecure?: true;
}

/** Throws NO_AUTHORITY when the file cannot be read. */
export async function trustFor({ ca, insecure }: TrustFlags): Promise<Trust> {
  if (insecure === true) return { kind: 'anyone' };
  if (ca === undefined) return { kind: 'usual' };
  try {
    return { kind: 'authority', certificate: await readFile(ca, 'utf8') };
  } catch (cause) {
    const message = `cannot read the certificate authority ${ca}: ${messageOf(cause)}`;
    throw new AppError({ kind: 'usage', code: 'NO_AUTHORITY', message, cause });
  }
}
