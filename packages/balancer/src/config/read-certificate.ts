import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AppError, messageOf } from '@stormcart/core';
import type { BalancerConfig } from './balancer-config.ts';

/** PEM texts. */
export interface Certificate {
  /** The server's certificate, then those between it and the authority. */
  readonly chain: string;
  readonly key: string;
}

/** Reads and checks what `tls` names. Throws `BAD_CERTIFICATE`: unreadable, malformed, or key and certificate do not match. */
export async function readCertificate(tls: NonNullable<BalancerConfig['tls']>): Promise<Certificate> {
  try {
    const [chain, key] = await Promise.all([
      readFile(tls.certificateFile, 'utf8'),
      readFile(tls.keyFile, 'utf8'),
    ]);
    createSecureContext({ cert: chain, key });
    return { chain, key };
  } catch (cause) {
    throw new AppError<'BAD_CERTIFICATE'>({
      kind: 'usage',
      code: 'BAD_CERTIFICATE',
      message: `${tls.certificateFile} with ${tls.keyFile} is no certificate to serve: ${messageOf(cause)}`,
      cause,
    });
  }
}
