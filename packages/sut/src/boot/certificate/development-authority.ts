import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '@stormcart/core';
import { issueAuthority, type KeyedCertificate } from './issue.ts';

/** The authority that signs what the front shows, kept from boot to boot so that it can be trusted once. */
export interface DevelopmentAuthority extends KeyedCertificate {
  /** Where the certificate lies by itself, for browsers and `--ca`. */
  readonly file: string;
}

/** Certificate and key in one file: they change together or not at all. */
const KEPT_FILE = 'development-ca.private.pem';
const CERTIFICATE_FILE = 'development-ca.pem';
/** Renewed this long before its end: longer than a server's certificate lives, so that none outlives its issuer. */
const RENEWED_BEFORE_MS = 40 * 86_400_000;
/** Only the user who runs the shop may read the key. */
const PRIVATE = 0o600;

/**
 * Reads the kept authority, or makes one: at the first boot, near its end, and when what is kept cannot be used. Of
 * several first boots at once, one makes it and the others take that one.
 */
export async function keepDevelopmentAuthority(
  cacheFolder: string,
  nowMs: number,
): Promise<DevelopmentAuthority> {
  await mkdir(cacheFolder, { recursive: true });
  const kept = join(cacheFolder, KEPT_FILE);
  const authority = (await readKept(kept, nowMs)) ?? (await make(kept, nowMs));
  const file = join(cacheFolder, CERTIFICATE_FILE);
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== authority.certificate) await putInPlace(file, authority.certificate);
  return { ...authority, file };
}

async function readKept(path: string, nowMs: number): Promise<KeyedCertificate | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const [certificate, key] = [partOf(text, 'CERTIFICATE'), partOf(text, 'PRIVATE KEY')];
  if (certificate === undefined || key === undefined) return undefined;
  try {
    const read = new X509Certificate(certificate);
    const isOurs = read.checkPrivateKey(createPrivateKey(key)) && read.ca;
    const isLasting =
      read.validFromDate.getTime() <= nowMs && read.validToDate.getTime() - RENEWED_BEFORE_MS > nowMs;
    return isOurs && isLasting ? { certificate, key } : undefined;
  } catch {
    // Neither key nor certificate: somebody else wrote it, or wrote it halfway. It is replaced.
    return undefined;
  }
}

/**
 * A link fails where a rename would replace, so the first one stands. What is no longer of use goes away first; two who
 * find that at the same time may each make one, which both then work with: the next boot finds the last.
 */
async function make(kept: string, nowMs: number): Promise<KeyedCertificate> {
  const authority = await issueAuthority(nowMs);
  const building = buildingName(kept);
  try {
    await writeFile(building, `${authority.certificate}${authority.key}`, { mode: PRIVATE, flag: 'wx' });
    await link(building, kept);
    return authority;
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error;
    const other = await readKept(kept, nowMs);
    if (other !== undefined) return other;
    await rename(building, kept);
    return authority;
  } finally {
    await rm(building, { force: true });
  }
}

async function putInPlace(path: string, text: string): Promise<void> {
  const building = buildingName(path);
  await writeFile(building, text, { flag: 'wx' });
  await rename(building, path);
}

function buildingName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}`;
}

function partOf(text: string, label: string): string | undefined {
  const begin = text.indexOf(`-----BEGIN ${label}-----`);
  const endMark = `-----END ${label}-----\n`;
  const end = text.indexOf(endMark, begin);
  return begin === -1 || end === -1 ? undefined : text.slice(begin, end + endMark.length);
}
