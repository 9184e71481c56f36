import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepDevelopmentAuthority } from './development-authority.ts';
import { prepareFrontCertificate } from './front-certificate.ts';
import { issueAuthority, issueServer } from './issue.ts';

const NOW_MS = Date.UTC(2030, 0, 1);
const DAY_MS = 86_400_000;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-certificate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('signs servers for this machine and for nobody else', async () => {
  const authority = await issueAuthority(NOW_MS);
  const server = await issueServer(authority, NOW_MS);
  const [issuer, issued] = [
    new X509Certificate(authority.certificate),
    new X509Certificate(server.certificate),
  ];
  expect(issued.verify(issuer.publicKey)).toBe(true);
  expect(issued.checkIssued(issuer)).toBe(true);
  expect(issued.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
  expect([issuer.ca, issued.ca]).toEqual([true, false]);
  expect(issued.checkHost('localhost')).toBe('localhost');
  expect(issued.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(issued.checkIP('::1')).toBe('::1');
  expect(issued.checkHost('example.test')).toBeUndefined();
  expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});

it('never lets a server outlive the authority that signed it', async () => {
  const first = await keepDevelopmentAuthority(folder, NOW_MS);
  const endMs = new X509Certificate(first.certificate).validToDate.getTime();
  const lateMs = endMs - 41 * DAY_MS;
  expect((await keepDevelopmentAuthority(folder, lateMs)).certificate).toBe(first.certificate);
  const server = new X509Certificate((await issueServer(first, lateMs)).certificate);
  expect(server.validToDate.getTime()).toBeLessThan(endMs);
});

it('keeps the authority from boot to boot, its key for the user alone', async () => {
  const first = await keepDevelopmentAuthority(folder, NOW_MS);
  expect(await keepDevelopmentAuthority(folder, NOW_MS + DAY_MS)).toEqual(first);
  expect(await readFile(first.file, 'utf8')).toBe(first.certificate);
  expect(await readdir(folder)).toEqual(['development-ca.pem', 'development-ca.private.pem']);
  const { mode } = await stat(join(folder, 'development-ca.private.pem'));
  expect((mode & 0o777).toString(8)).toBe('600');
});

it('makes one authority when several boots are the first', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => keepDevelopmentAuthority(folder, NOW_MS)));
  expect(new Set(made.map(({ certificate }) => certificate)).size).toBe(1);
  expect(await readdir(folder)).toEqual(['development-ca.pem', 'development-ca.private.pem']);
});

it('renews the authority before its end', async () => {
  const first = await keepDevelopmentAuthority(folder, NOW_MS);
  const later = await keepDevelopmentAuthority(folder, NOW_MS + 330 * DAY_MS);
  expect(later.certificate).not.toBe(first.certificate);
  expect(await readFile(later.file, 'utf8')).toBe(later.certificate);
  expect((await stat(join(folder, 'development-ca.private.pem'))).mode & 0o777).toBe(0o600);
});

it.each([
  ['is empty', () => ''],
  ['is cut off', (text: string) => text.slice(0, text.length - 40)],
  ['holds something else', () => 'no certificate at all'],
  ['holds broken base64', (text: string) => text.replaceAll(/^M/gm, '!')],
])('replaces what is kept when it %s', async (_what, spoil) => {
  const first = await keepDevelopmentAuthority(folder, NOW_MS);
  const kept = join(folder, 'development-ca.private.pem');
  await writeFile(kept, spoil(await readFile(kept, 'utf8')));
  const second = await keepDevelopmentAuthority(folder, NOW_MS);
  expect(second.certificate).not.toBe(first.certificate);
  expect(await keepDevelopmentAuthority(folder, NOW_MS)).toEqual(second);
});

it('gives every run a server key of its own, for the user alone', async () => {
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  const fronts = [
    await prepareFrontCertificate(folder, one, NOW_MS),
    await prepareFrontCertificate(folder, other, NOW_MS),
  ];
  const keys = await Promise.all(fronts.map(({ keyFile }) => readFile(keyFile, 'utf8')));
  expect(new Set(keys).size).toBe(2);
  expect(fronts[0]?.authority).toEqual(fronts[1]?.authority);
  for (const { keyFile } of fronts) expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
});
