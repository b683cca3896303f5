/**
 * Who is at the other end of a socket.
 * @module
 */
import { isIP } from 'node:net';

/** The socket's address, or what a trusted proxy says of it (`X-Forwarded-For`). */
export function clientIp(socketIp: string, forwardedFor: string | undefined, trusted: readonly string[]): string {
  if (!trusted.includes(socketIp)) return socketIp;
  const chain = (forwardedFor ?? '')
    .split(',')
    .map((address) => plainIp(address.trim()))
    .filter((address) => isIP(address) > 0);
  // From the nearest outwards, the first that is not a proxy of ours.
  return chain.reverse().find((address) => !trusted.includes(address)) ?? socketIp;
}

/** The address as it is usually written; empty where it is not known (the connection is gone), which is nobody's address. */
export function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
