/**
 * Determines the client's IP address from the socket and from the `X-Forwarded-For` header of trusted proxies.
 * @module
 */
import { BlockList, isIP, SocketAddress } from 'node:net';

/** Address lengths in bits, and the prefix length of IPv4-mapped IPv6 addresses (`::ffff:0:0/96`). */
const IPV4_BITS = 32;
const IPV6_BITS = 128;
const MAPPED_BITS = 96;

const MAX_PORT = 65_535;

/** A range of addresses, parsed from a flag. */
interface Range {
  readonly address: string;
  /** Length of the prefix, in bits. */
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
  /** Interface of a link-local address (`eth0`); empty for any interface. */
  readonly zone: string;
}

/** Whether a text is an address (`10.0.0.7`, `::1`, `fe80::1%eth0`) or a range of addresses (`10.0.0.0/8`, `fd00::/8`). */
export function isProxyRange(text: string): boolean {
  return rangeOf(text) !== undefined;
}

/**
 * The range that has the same addresses as one whose address has bits behind its prefix: `10.0.0.0/8` for `10.0.0.1/8`. Such a range is most likely meant
 * otherwise: as the one address, or with another prefix.
 *
 * @param text it satisfies `isProxyRange`
 * @returns `undefined` where no such bits are set
 */
export function withoutHostBits(text: string): string | undefined {
  const { address, bits, family, zone } = rangeOf(text)!;
  const host = BigInt((family === 'ipv4' ? IPV4_BITS : IPV6_BITS) - bits);
  const value = numberOf(address);
  const first = (value >> host) << host;
  if (first === value) return undefined;
  return `${addressOf(first, family)}${zone === '' ? '' : `%${zone}`}/${bits}`;
}

/** The proxies whose `X-Forwarded-For` is trusted. */
export class TrustedProxies {
  /** Whether the list is empty. The header is not read then. */
  readonly isEmpty: boolean;
  /** Address lists by interface; the empty key applies to any interface. */
  readonly #lists = new Map<string, BlockList>();

  /** @param ranges addresses and ranges; each must satisfy `isProxyRange` */
  constructor(ranges: readonly string[]) {
    this.isEmpty = ranges.length === 0;
    for (const text of ranges) {
      const { address, bits, family, zone } = rangeOf(text)!;
      const list = this.#lists.get(zone) ?? new BlockList();
      this.#lists.set(zone, list);
      list.addSubnet(address, bits, family);
    }
  }

  /**
   * Whether an address is a trusted proxy.
   *
   * @param ip an address as `socket.remoteAddress` reports it, with an optional interface (`fe80::1%eth0`)
   */
  has(ip: string): boolean {
    const [address, zone] = split(ip, '%');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) return false;
    if (this.#lists.get('')?.check(address, family)) return true;
    return zone !== undefined && this.#lists.get(zone)?.check(address, family) === true;
  }
}

/**
 * The client's address: the socket's address, or the one that trusted proxies forward.
 *
 * Each proxy appends the address that called it to `X-Forwarded-For`, so the list is read from the end. The first address that is not a trusted proxy is the
 * client's; any caller can forge the entries before it. An entry that is no address (`unknown`) hides the caller of that proxy, so the proxy itself counts as
 * the
 * client.
 *
 * @param forwardedFor the values of all `X-Forwarded-For` header fields, joined by commas
 */
export function clientIp(socketIp: string, forwardedFor: string | undefined, trusted: TrustedProxies): string {
  if (trusted.isEmpty || forwardedFor === undefined) return socketIp;
  let client = socketIp;
  const entries = forwardedFor.split(',').map((entry) => entry.trim());
  for (const entry of entries.filter((text) => text !== '').reverse()) {
    if (!trusted.has(client)) break;
    const address = forwardedAddress(entry);
    if (address === undefined) break;
    client = address;
  }
  return client;
}

/** The address without an IPv4-mapped prefix; empty where the connection is gone and the address is unknown. */
export function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/**
 * Parses an entry of `X-Forwarded-For`: `1.2.3.4`, `1.2.3.4:567`, `::1`, `[::1]`, `[::1]:567`, each optionally quoted. Other entries (`unknown`, `_hidden`)
 * yield `undefined`.
 */
function forwardedAddress(entry: string): string | undefined {
  const node = /^"(.*)"$/.exec(entry)?.[1] ?? entry;
  const withPort = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::([\w.-]+))?$/.exec(node);
  // A port is a number up to 65535, or a name that hides it (RFC 7239 section 6).
  if (/^\d/.test(withPort?.[3] ?? '') && !(Number(withPort![3]) <= MAX_PORT)) return undefined;
  const [address] = split(withPort?.[1] ?? withPort?.[2] ?? node, '%');
  return isIP(address) === 0 ? undefined : canonical(address);
}

/** The canonical spelling of an address: IPv6 compressed and in lower case, IPv4-mapped addresses as IPv4. */
function canonical(address: string): string {
  if (isIP(address) === 4) return address;
  const { address: short } = new SocketAddress({ address, family: 'ipv6' });
  return plainIp(short);
}

function rangeOf(text: string): Range | undefined {
  const [whole, length] = split(text.trim(), '/');
  const [addressText, zone] = split(whole, '%');
  const family = isIP(addressText);
  if (family === 0 || zone === '' || (zone !== undefined && family === 4)) return undefined;
  const maxBits = family === 4 ? IPV4_BITS : IPV6_BITS;
  if (length !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const bits = length === undefined ? maxBits : Number(length);
  if (bits > maxBits) return undefined;
  const address = canonical(addressText);
  // Sockets report IPv4-mapped addresses; `plainIp` turns them into IPv4, so the range must be IPv4 as well.
  if (family === 6 && isIP(address) === 4)
    return bits < MAPPED_BITS
      ? { address: addressText, bits, family: 'ipv6', zone: '' }
      : { address, bits: bits - MAPPED_BITS, family: 'ipv4', zone: '' };
  return { address, bits, family: family === 4 ? 'ipv4' : 'ipv6', zone: zone ?? '' };
}

/** An address as a number. */
function numberOf(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
  // `::ffff:1.2.3.4`: the last two groups in decimal.
  const [, start = address, last] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [];
  const tail =
    last === undefined ? '' : `${(numberOf(last) >> 16n).toString(16)}:${(numberOf(last) & 0xffffn).toString(16)}`;
  const [left, right] = `${start}${tail}`.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - left!.length - (right?.length ?? 0) }, () => '0');
  const groups = [...left!, ...zeros, ...(right ?? [])];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** The address of a number. */
function addressOf(value: bigint, family: Range['family']): string {
  const [count, size] = family === 'ipv4' ? [4, 8n] : [8, 16n];
  const parts = Array.from(
    { length: count },
    (_, i) => (value >> (size * BigInt(count - 1 - i))) & ((1n << size) - 1n),
  );
  return family === 'ipv4' ? parts.join('.') : canonical(parts.map((part) => part.toString(16)).join(':'));
}

/** Splits a text at the first separator; the second part is `undefined` where there is no separator. */
function split(text: string, separator: string): readonly [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
