import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DevelopmentAuthority, keepDevelopmentAuthority } from './development-authority.ts';
import { issueServer } from './issue.ts';

/** What the front shows its clients, and what makes them believe it. */
export interface FrontCertificate {
  readonly authority: Pick<DevelopmentAuthority, 'certificate' | 'file'>;
  /** PEM files of this run. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

const PRIVATE = 0o600;

/** Signs a fresh certificate for this run: the authority is kept, a server's key never is. */
export async function prepareFrontCertificate(
  cacheFolder: string,
  dataFolder: string,
  nowMs: number,
): Promise<FrontCertificate> {
  const authority = await keepDevelopmentAuthority(cacheFolder, nowMs);
  const server = await issueServer(authority, nowMs);
  await mkdir(dataFolder, { recursive: true });
  const certificateFile = join(dataFolder, 'front.pem');
  const keyFile = join(dataFolder, 'front-key.pem');
  await writeFile(certificateFile, server.certificate);
  await writeFile(keyFile, server.key, { mode: PRIVATE });
  return {
    authority: { certificate: authority.certificate, file: authority.file },
    certificateFile,
    keyFile,
  };
}
