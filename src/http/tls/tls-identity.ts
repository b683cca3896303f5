/**
 * The certificates with which a server ends TLS: one for the names that it is known to be asked for, and one for each other name, made when it is first asked for.
 * @module
 */
import { createSecureContext, type SecureContext } from 'node:tls';
import { preciseTime } from '../../runtime/clock.js';
import { type CertificateFolder, openCertificateFolder, readKeyPair } from './certificate-files.js';
import { covers, createServerCertificate, type KeyPair } from './certificates.js';

/** Names of this machine, for which every certificate is valid. */
export const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1'] as const;

/** Options of `openTlsIdentity()`. */
export interface TlsIdentityOptions {
  /** Host names and addresses besides those of this machine. */
  readonly names: readonly string[];
  /** Folder of the certificates. Default: one in the system's temporary folder. */
  readonly folder?: string | undefined;
  /** Files of a certificate (with its chain) and its key, used in place of a made one. */
  readonly files?: { readonly cert: string; readonly key: string } | undefined;
}

/** Certificates of a server. */
export interface TlsIdentity {
  /** The certificate of the CA, in PEM form; with own files, their certificate. */
  readonly ca: string;
  /** The file with `ca`. */
  readonly caFile: string;
  /** The certificate for a host. A name that it was not made for gets another; with own files there is only one. */
  pairFor(name: string): Promise<KeyPair>;
  /** The same for TLS. */
  contextFor(name: string): Promise<SecureContext>;
  /** Writes a file of public content beside the CA. @returns its path */
  writeFile(name: string, content: string): string;
}

/** Most certificates for single names that are kept. A client may name any host. */
const MAX_NAMES = 1_000;

/** Opens the certificates. What is in the folder and valid is used again. @throws CertificateError */
export async function openTlsIdentity({ names, folder, files }: TlsIdentityOptions): Promise<TlsIdentity> {
  if (files) {
    const pair = readKeyPair(files.cert, files.key, preciseTime());
    return identity(pair, pair.cert, files.cert, () => openCertificateFolder(folder), undefined);
  }
  const made = openCertificateFolder(folder);
  const authority = await made.authority();
  const pair = await made.server([...new Set([...LOCAL_NAMES, ...names])].sort());
  return identity(pair, authority.cert, made.caFile, () => made, authority);
}

function identity(
  pair: KeyPair,
  ca: string,
  caFile: string,
  folder: () => CertificateFolder,
  authority: KeyPair | undefined,
): TlsIdentity {
  const pairs = new Map<string, Promise<KeyPair>>();
  const contexts = new WeakMap<KeyPair, SecureContext>();
  const pairFor = (name: string) => {
    const known = pairs.get(name);
    if (known) return known;
    if (pairs.size >= MAX_NAMES) pairs.clear();
    const needsOther = authority !== undefined && !covers(pair.cert, name);
    const found = needsOther ? createServerCertificate(authority, [name], preciseTime()) : Promise.resolve(pair);
    pairs.set(name, found);
    found.catch(() => pairs.delete(name));
    return found;
  };
  return {
    ca,
    caFile,
    pairFor,
    async contextFor(name) {
      const found = await pairFor(name);
      const context = contexts.get(found) ?? createSecureContext(found);
      contexts.set(found, context);
      return context;
    },
    writeFile: (name, content) => folder().write(name, content),
  };
}
