/**
 * The environment variables that `mock429 run` sets for its command.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Listening } from '../http/listening.js';
import { openCertificateFolder } from '../http/tls/certificate-files.js';
import type { Io } from './terminal/io.js';

/** Where systems keep the certificates that programs trust: Debian, Fedora, openSUSE, Alpine and macOS. */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Addresses of this machine, which no proxy can reach. */
const LOCAL = ['127.0.0.1', 'localhost', '::1'];

/**
 * Keeps clients from sending the requests to the mock through a proxy. Both spellings are in use.
 *
 * @param isProxy whether the mock is the proxy, which must be used for all other hosts that the user has not named
 */
export function noProxyVariables(io: Pick<Io, 'env'>, isProxy: boolean): Record<string, string> {
  const given = (io.env('no_proxy') ?? io.env('NO_PROXY') ?? '').split(',').map((host) => host.trim());
  const hosts = [...new Set([...given, ...LOCAL])].filter((host) => host !== '' && !(isProxy && host === '*'));
  return { NO_PROXY: hosts.join(','), no_proxy: hosts.join(',') };
}

/** Makes clients use the mock as their proxy. */
export function proxyVariables(proxyUrl: string): Record<string, string> {
  return {
    MOCK429_PROXY_URL: proxyUrl,
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    ALL_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    all_proxy: proxyUrl,
    // Node heeds the others only with this, from version 22.21 and 24.5.
    NODE_USE_ENV_PROXY: '1',
  };
}

/**
 * Makes clients trust the certificates of the mock. Where a variable replaces what a client trusts, its file has the other certificates as well.
 *
 * @param folder where the files are written; default: the folder of the certificates
 * @throws CertificateError where the files cannot be written
 */
export async function trustVariables(
  { ca, caFile }: Required<Pick<Listening, 'ca' | 'caFile'>>,
  folder: string | undefined,
  io: Pick<Io, 'env'>,
): Promise<Record<string, string>> {
  const { rootCertificates } = await import('node:tls');
  const write = (name: string, content: string) => {
    const id = createHash('sha256').update(content).digest('hex').slice(0, 16);
    return openCertificateFolder(folder).write(`${name}-${id}.pem`, content);
  };
  const given = io.env('SSL_CERT_FILE') ?? io.env('REQUESTS_CA_BUNDLE') ?? io.env('CURL_CA_BUNDLE');
  const others = [given, ...SYSTEM_FILES].find((file) => file !== undefined && existsSync(file));
  const bundle = write('bundle', `${others === undefined ? rootCertificates.join('\n') : read(others)}\n${ca}`);
  const extra = io.env('NODE_EXTRA_CA_CERTS');
  const added = extra !== undefined && existsSync(extra) ? write('extra', `${read(extra)}\n${ca}`) : caFile;
  return {
    MOCK429_CA: caFile,
    NODE_EXTRA_CA_CERTS: added,
    DENO_CERT: added,
    SSL_CERT_FILE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    AWS_CA_BUNDLE: bundle,
    GIT_SSL_CAINFO: bundle,
  };
}

function read(file: string): string {
  return readFileSync(file, 'utf8').trimEnd();
}
