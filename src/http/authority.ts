/**
 * Hosts as requests name them: `uri-host [ ":" port ]` (RFC 9112 section 3.2, RFC 3986 section 3.2).
 * @module
 */
import { isIPv6, type Socket } from 'node:net';

/** IP literal, or name or IPv4 address (which may be empty); port (which may be empty). */
const AUTHORITY =
  /^(?:\[([\dA-Fa-f:.]+)\]|\[v[\dA-Fa-f]+\.[\w.~!$&'()*+,;=:-]+\]|(?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})*)(?::(\d*))?$/;

const MAX_PORT = 65_535;

/** Whether a `Host` header field may have that value. The empty value is valid: the request names no host. */
export function isAuthority(text: string): boolean {
  const found = AUTHORITY.exec(text);
  if (!found) return false;
  const [, ipv6, port] = found;
  return (ipv6 === undefined || isIPv6(ipv6)) && (port === undefined || Number(port) <= MAX_PORT);
}

/** The address and port that the client connected to, as a `Host` header field names them; `localhost` once the connection is gone. */
export function localAuthority({ localAddress, localPort }: Socket): string {
  if (localAddress === undefined) return 'localhost';
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/i, '');
  return `${isIPv6(address) ? `[${address}]` : address}:${localPort}`;
}

/** `http://name:port` as clients compare it: lower case, without the default port. */
export function originOf(authority: string): string {
  return `http://${authority.toLowerCase().replace(/:(?:80)?$/, '')}`;
}
