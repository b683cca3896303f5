/**
 * Keeps the CA and the server certificates in a folder, so that the next start uses them again and a client that trusts the CA goes on trusting it.
 *
 * Files with a key have the mode 0600. The default folder is in the system's temporary folder, belongs to the user and has the mode 0700.
 * @module
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { preciseTime } from '../../runtime/clock.js';
import { makeFolders } from '../../runtime/folders.js';
import { CertificateError } from '../listening.js';
import {
  covers,
  createAuthority,
  createServerCertificate,
  isSignedBy,
  isUsable,
  type KeyPair,
} from './certificates.js';

/** Certificates that a folder holds. */
export class CertificateFolder {
  #authority: Promise<KeyPair> | undefined;

  /** @param folder it exists */
  constructor(readonly folder: string) {}

  /** The path of the certificate of the CA, in PEM form. It exists once `authority()` has resolved. */
  get caFile(): string {
    return join(this.folder, 'ca.pem');
  }

  /** The CA: the folder's, or a new one. @throws CertificateError */
  authority(): Promise<KeyPair> {
    this.#authority ??= this.#openAuthority();
    return this.#authority;
  }

  /** A server certificate for the names. @throws CertificateError */
  async server(names: readonly string[]): Promise<KeyPair> {
    const authority = await this.authority();
    const { fingerprint256 } = new X509Certificate(authority.cert);
    const id = createHash('sha256')
      .update([fingerprint256, ...names].join('\n'))
      .digest('hex')
      .slice(0, 16);
    const file = join(this.folder, `server-${id}.pem`);
    const known = readPair(file);
    const now = preciseTime();
    if (
      known &&
      isUsable(known, now) &&
      isSignedBy(known, authority) &&
      names.every((name) => covers(known.cert, name))
    )
      return known;
    const created = await createServerCertificate(authority, names, now);
    write(file, created.cert + created.key, PRIVATE);
    return created;
  }

  /** Writes a file of public content that clients read. @returns its path */
  write(name: string, content: string): string {
    const file = join(this.folder, name);
    write(file, content, PUBLIC);
    return file;
  }

  async #openAuthority(): Promise<KeyPair> {
    const file = join(this.folder, 'ca-with-key.pem');
    const now = preciseTime();
    let authority = readPair(file);
    if (!authority || !isUsable(authority, now)) {
      const created = await createAuthority(now);
      authority = store(file, created, now);
    }
    write(this.caFile, authority.cert, PUBLIC);
    return authority;
  }
}

const PRIVATE = 0o600;
const PUBLIC = 0o644;

/** Opens the folder that was given, or the default one. @throws CertificateError */
export function openCertificateFolder(folder: string | undefined): CertificateFolder {
  if (folder === undefined) return new CertificateFolder(defaultFolder());
  try {
    makeFolders(resolve(folder), [], 0o700);
  } catch (error) {
    throw new CertificateError(`${folder} cannot hold certificates (${(error as Error).message}); name another folder`);
  }
  return new CertificateFolder(folder);
}

/** A folder of the user that nobody else can write to. A folder of that name may be someone else's; then it is one for this process. */
function defaultFolder(): string {
  const { uid } = userInfo();
  const folder = join(tmpdir(), uid < 0 ? 'mock429-tls' : `mock429-tls-${uid}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      const found = lstatSync(folder);
      const isOwn = found.isDirectory() && (uid < 0 || (found.uid === uid && (found.mode & 0o077) === 0));
      if (isOwn) return folder;
    }
    return mkdtempSync(join(tmpdir(), 'mock429-tls-'));
  }
}

/** Stores a new CA. Where another process has stored one in the meantime, that one is returned, so that both use the same. */
function store(file: string, created: KeyPair, now: number): KeyPair {
  const own = temporary(file);
  write(own, created.cert + created.key, PRIVATE);
  try {
    linkSync(own, file);
    return created;
  } catch {
    const other = readPair(file);
    if (other && isUsable(other, now)) return other;
    renameSync(own, file);
    return created;
  } finally {
    rmSync(own, { force: true });
  }
}

let written = 0;

function temporary(file: string): string {
  written += 1;
  return `${file}.${Math.floor(preciseTime() * 1_000)}-${written}`;
}

/** Replaces a file in one step, so that no reader sees a part of it. */
function write(file: string, content: string, mode: number): void {
  const part = temporary(file);
  try {
    writeFileSync(part, content, { mode, flag: 'wx' });
    // The mask of the process may have removed bits that other users need to read the file, and never adds any.
    chmodSync(part, mode);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw new CertificateError(`${file} cannot be written (${(error as Error).message}); name another folder`);
  }
}

/** Reads a file of a certificate and its key; `undefined` where there is none, or it is not one. */
function readPair(file: string): KeyPair | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    const [cert] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(text) ?? [];
    const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/.exec(text) ?? [];
    return cert === undefined || key === undefined ? undefined : { cert, key };
  } catch {
    return undefined;
  }
}

/** Reads the certificate and key of `--tls-cert` and `--tls-key`. @throws CertificateError */
export function readKeyPair(certFile: string, keyFile: string, now: number): KeyPair {
  const certName = `the certificate ${certFile} (--tls-cert)`;
  const keyName = `the key ${keyFile} (--tls-key)`;
  const pair = { cert: read(certFile, certName), key: read(keyFile, keyName) };
  const certificate = parse(
    () => new X509Certificate(pair.cert),
    `${certName} is no certificate in PEM form; convert it with openssl x509 -outform PEM`,
  );
  const key = parse(
    () => createPrivateKey(pair.key),
    `${keyName} is no private key in PEM form without a passphrase; convert it with openssl pkey`,
  );
  if (!certificate.checkPrivateKey(key))
    throw new CertificateError(
      `${keyName} is not the key of ${certFile} (--tls-cert); name the two that belong together`,
    );
  if (Date.parse(certificate.validTo) <= now)
    throw new CertificateError(`${certName} expired on ${certificate.validTo}; renew it, or leave it out with --https`);
  return pair;
}

function parse<T>(parser: () => T, problem: string): T {
  try {
    return parser();
  } catch {
    throw new CertificateError(problem);
  }
}

function read(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CertificateError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code}); check the path`);
  }
}
