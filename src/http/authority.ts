/**
 * Authorities of requests: `uri-host [ ":" port ]` (RFC 9112 section 3.2, RFC 3986 section 3.2).
 * @module
 */
import { isIPv6, type Socket } from 'node:net';

/** IP literal, registered name or IPv4 address (may be empty), and an optional port (may be empty). */
const AUTHORITY =
  /^(?:\[([\dA-Fa-f:.]+)\]|\[v[\dA-Fa-f]+\.[\w.~!$&'()*+,;=:-]+\]|(?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})*)(?::(\d*))?$/;

const MAX_PORT = 65_535;

/** Whether a text is a valid value of the `Host` header field. The empty value is valid: such a request names no host. */
export function isAuthority(text: string): boolean {
  const found = AUTHORITY.exec(text);
  if (!found) return false;
  const [, ipv6, port] = found;
  return (ipv6 === undefined || isIPv6(ipv6)) && (port === undefined || Number(port) <= MAX_PORT);
}

/** The local address and port of a socket in the form of a `Host` header field; `localhost` after the connection is closed. */
export function localAuthority({ localAddress, localPort }: Socket): string {
  if (localAddress === undefined) return 'localhost';
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/i, '');
  return `${isIPv6(address) ? `[${address}]` : address}:${localPort}`;
}

/** The origin of an authority in normalized form: `http://name:port`, lower case, without the default port. @param isSecure whether the scheme is https */
export function originOf(authority: string, isSecure = false): string {
  const name = authority.toLowerCase();
  return isSecure ? `https://${name.replace(/:(?:443)?$/, '')}` : `http://${name.replace(/:(?:80)?$/, '')}`;
}
