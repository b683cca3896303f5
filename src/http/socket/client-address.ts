/**
 * Who is at the other end of a socket.
 * @module
 */
import { BlockList, isIP, SocketAddress } from 'node:net';

/** Bits of an IPv4 address, of an IPv6 one, and of the prefix of IPv4-mapped ones (`::ffff:0:0/96`). */
const IPV4_BITS = 32;
const IPV6_BITS = 128;
const MAPPED_BITS = 96;

/** A set of addresses, as a flag names it. */
interface Range {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
  /** Interface of a link-local address (`eth0`); empty for any. */
  readonly zone: string;
}

/** Whether the text names an address (`10.0.0.7`, `::1`, `fe80::1%eth0`) or a range of them (`10.0.0.0/8`, `fd00::/8`). */
export function isProxyRange(text: string): boolean {
  return rangeOf(text) !== undefined;
}

/** Proxies whose `X-Forwarded-For` is believed. */
export class TrustedProxies {
  /** Whether there is none, so that nothing need be read. */
  readonly isEmpty: boolean;
  /** By the interface that they are trusted on; empty for any. */
  readonly #lists = new Map<string, BlockList>();

  /** @param ranges each must be one by `isProxyRange` */
  constructor(ranges: readonly string[]) {
    this.isEmpty = ranges.length === 0;
    for (const text of ranges) {
      const { address, bits, family, zone } = rangeOf(text)!;
      const list = this.#lists.get(zone) ?? new BlockList();
      this.#lists.set(zone, list);
      list.addSubnet(address, bits, family);
    }
  }

  /** @param ip an address as sockets tell it, perhaps with its interface (`fe80::1%eth0`) */
  has(ip: string): boolean {
    const [address, zone] = split(ip, '%');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) return false;
    if (this.#lists.get('')?.check(address, family)) return true;
    return zone !== undefined && this.#lists.get(zone)?.check(address, family) === true;
  }
}

/**
 * The socket's address, or what trusted proxies say of the client. Each proxy adds the address that it was called from at the end of `X-Forwarded-For`, so the
 * list is read from there: the first address that is no trusted proxy is the client's, and what stands before it anybody may have written. An entry that is no
 * address (`unknown`) hides who called that proxy, which then stands for its client.
 *
 * @param forwardedFor the values of all `X-Forwarded-For` fields, joined by commas
 */
export function clientIp(socketIp: string, forwardedFor: string | undefined, trusted: TrustedProxies): string {
  if (trusted.isEmpty || forwardedFor === undefined) return socketIp;
  let client = socketIp;
  const entries = forwardedFor.split(',').map((entry) => entry.trim());
  for (const entry of entries.filter((one) => one !== '').reverse()) {
    if (!trusted.has(client)) break;
    const address = forwardedAddress(entry);
    if (address === undefined) break;
    client = address;
  }
  return client;
}

/** The address as it is usually written; empty where it is not known (the connection is gone), which is nobody's address. */
export function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** `1.2.3.4`, `1.2.3.4:567`, `::1`, `[::1]`, `[::1]:567`, in quotes or not; what else there may be (`unknown`, `_hidden`) is no address. */
function forwardedAddress(entry: string): string | undefined {
  const node = /^"(.*)"$/.exec(entry)?.[1] ?? entry;
  const withPort = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::[\w.-]+)?$/.exec(node);
  const [address] = split(withPort?.[1] ?? withPort?.[2] ?? node, '%');
  return isIP(address) === 0 ? undefined : canonical(address);
}

/** One spelling for each address: IPv6 shortened, in lower case, and IPv4-mapped as IPv4. */
function canonical(address: string): string {
  if (isIP(address) === 4) return address;
  const { address: short } = new SocketAddress({ address, family: 'ipv6' });
  return plainIp(short);
}

function rangeOf(text: string): Range | undefined {
  const [whole, length] = split(text.trim(), '/');
  const [given, zone] = split(whole, '%');
  const family = isIP(given);
  if (family === 0 || zone === '' || (zone !== undefined && family === 4)) return undefined;
  const most = family === 4 ? IPV4_BITS : IPV6_BITS;
  if (length !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) return undefined;
  const address = canonical(given);
  // Sockets tell IPv4-mapped addresses as IPv4.
  if (family === 6 && isIP(address) === 4)
    return bits < MAPPED_BITS
      ? { address: given, bits, family: 'ipv6', zone: '' }
      : { address, bits: bits - MAPPED_BITS, family: 'ipv4', zone: '' };
  return { address, bits, family: family === 4 ? 'ipv4' : 'ipv6', zone: zone ?? '' };
}

/** What stands before the first mark, and what after; `undefined` where there is none. */
function split(text: string, mark: string): readonly [before: string, after: string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
