/**
 * Opens the certificates that `listen({ https, proxy })` needs.
 * @module
 */
import { isIP } from 'node:net';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { CertificateError, type HttpsSettings, type ProxySettings } from '../listening.js';
import type { BaseServer, Extension } from '../server.js';
import { openTlsIdentity } from '../tls/tls-identity.js';
import { extendServer } from './extension.js';
import { createSites } from './sites.js';

/**
 * Opens the certificates of a port and of its proxy.
 *
 * @param host address on which the server will listen
 * @returns adds HTTPS, HTTP/2 and the proxy to a server
 * @throws CertificateError where a folder or file cannot be used
 */
export async function openExtension(
  sandbox: Sandbox,
  host: string,
  { https, proxy }: { readonly https: boolean | HttpsSettings; readonly proxy: boolean | ProxySettings },
): Promise<(base: BaseServer) => Extension> {
  const { cert, key, folder: named } = typeof https === 'object' ? https : {};
  const folder = named ?? (typeof proxy === 'object' ? proxy.folder : undefined);
  if ((cert === undefined) !== (key === undefined))
    throw new CertificateError('a certificate needs its key; name both files');
  const sites = createSites(sandbox);
  const hosts = sites.origins.map((origin) => new URL(origin).hostname.replace(/^\[|\]$/g, ''));
  // Clients on other machines use its address. An address that stands for all of the machine's is none.
  const own = /^(?:0\.0\.0\.0|::)$/.test(host) || (isIP(host) === 0 && !/^[\w.-]+$/.test(host)) ? [] : [host];
  const made = () => openTlsIdentity({ names: [...hosts, ...own], folder });
  const files = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  const identity =
    https === false ? undefined : files ? await openTlsIdentity({ names: [], folder, files }) : await made();
  const inTunnels = proxy === false ? undefined : files || !identity ? await made() : identity;
  const passesUnknown = typeof proxy === 'object' && proxy.unknown === 'pass';
  return (base) =>
    extendServer(base, { https: identity, proxy: inTunnels && { sites, passesUnknown, identity: inTunnels } });
}
