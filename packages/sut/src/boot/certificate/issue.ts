// The library's containers need it, and first of all.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createKeyPair, keyText, readKey, SIGNING } from './key-pair.ts';

/** A certificate and its key, both PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Long enough that a developer who trusts it in a browser need not do so every month. */
const AUTHORITY_DAYS = 365;
/** Made anew at every boot: longer than anybody leaves a shop running. */
const SERVER_DAYS = 30;
/** Clocks differ: what is valid from this very second is not yet valid for somebody. */
const BACKDATED_MS = 3_600_000;
/** RFC 5280 §4.1.2.2 allows 20 octets, CAs must use 64 bits of chance at least. */
const SERIAL_BYTES = 16;

/** A certificate authority of our own. */
export async function issueAuthority(nowMs: number): Promise<KeyedCertificate> {
  const keys = await createKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // The name holds part of chance: clients find issuers by name, and two of ours must not look alike.
    name: `CN=Stormcart development ${randomBytes(4).toString('hex')}`,
    ...validFor(AUTHORITY_DAYS, nowMs),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      // It may sign servers and no further authorities.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyText(keys.privateKey) };
}

/** A certificate for servers on this machine's loopback, signed by `authority`. */
export async function issueServer(authority: KeyedCertificate, nowMs: number): Promise<KeyedCertificate> {
  const keys = await createKeyPair();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=localhost',
    issuer: new X509Certificate(authority.certificate).subject,
    ...validFor(SERVER_DAYS, nowMs),
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyText(keys.privateKey) };
}

function validFor(days: number, nowMs: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(nowMs + days * DAY_MS) };
}

/** Positive, as hexadecimal. */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
