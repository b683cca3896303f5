/**
 * Creates certificates: a certificate authority (CA), and server certificates that it signs. Keys are ECDSA P-256, which every client of the last ten years accepts.
 * The package @peculiar/x509 is loaded at the first call: loading it takes longer than a start.
 * @module
 */
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import type * as X509 from '@peculiar/x509';

/** A certificate and its private key, both in PEM form. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** How long a CA is valid. */
const AUTHORITY_DAYS = 365;
/** Longest life of a server certificate that all systems accept (Apple: 398 days for roots of theirs, 825 for others). */
const SERVER_DAYS = 365;
/** A certificate that expires sooner than this is replaced. */
const RENEWAL_MS = 7 * DAY_MS;
/** Certificates begin in the past, because clocks of other machines and containers may be behind. */
const BACKDATED_MS = DAY_MS;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Creates a CA. @param now the current time, in epoch ms */
export async function createAuthority(now: number): Promise<KeyPair> {
  const x509 = load();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    // The time makes the name unique: a client that knows two authorities of one name may check against the wrong one.
    name: `CN=mock429 test CA ${Math.floor(now)}, O=mock429`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(cert), key: await exportKey(keys.privateKey) };
}

/**
 * Creates a server certificate.
 *
 * @param authority the CA that signs it
 * @param names host names and IP addresses of the server; at least one
 * @param now the current time, in epoch ms
 */
export async function createServerCertificate(
  authority: KeyPair,
  names: readonly string[],
  now: number,
): Promise<KeyPair> {
  const x509 = load();
  const issuer = new x509.X509Certificate(authority.cert);
  const pkcs8 = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const end = Math.min(now + SERVER_DAYS * DAY_MS, issuer.notAfter.getTime());
  const cert = await x509.X509CertificateGenerator.create({
    // The names are in the extension. A common name has at most 64 characters, so that no host is put there.
    subject: 'CN=mock429 server, O=mock429',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(end),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      // Python 3.13 refuses certificates without it.
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { cert: pem(cert), key: await exportKey(keys.privateKey) };
}

/** Whether a certificate is valid for at least another week, and belongs to its key. @param now the current time, in epoch ms */
export function isUsable({ cert, key }: KeyPair, now: number): boolean {
  try {
    const read = new X509Certificate(cert);
    const valid = Date.parse(read.validFrom) <= now && now + RENEWAL_MS < Date.parse(read.validTo);
    return valid && read.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Whether a server certificate was signed by the CA. */
export function isSignedBy({ cert }: KeyPair, authority: KeyPair): boolean {
  return new X509Certificate(cert).verify(new X509Certificate(authority.cert).publicKey);
}

/** Whether a certificate is valid for a host name or an IP address. */
export function covers(cert: string, name: string): boolean {
  const read = new X509Certificate(cert);
  return (isIP(name) === 0 ? read.checkHost(name) : read.checkIP(name)) !== undefined;
}

function load(): typeof X509 {
  return createRequire(import.meta.url)('@peculiar/x509') as typeof X509;
}

function pem(cert: X509.X509Certificate): string {
  return `${cert.toString('pem').trimEnd()}\n`;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
