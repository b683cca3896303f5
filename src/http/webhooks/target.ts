/**
 * Where webhooks may go: addresses of this machine, and hosts that the user has listed. A name is judged by the address that it has at that moment, and the
 * connection is made to that very address, so that a name which is looked up again cannot lead elsewhere.
 * @module
 */
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** All addresses of a name, as `dns.lookup` tells them with `all`. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** Where a webhook goes; or in words why it goes nowhere. */
export type WebhookTarget = Allowed | { readonly refused: string };

export interface Allowed {
  readonly url: URL;
  /** The addresses of its host that it may be sent to. */
  readonly addresses: readonly LookupAddress[];
  /** Whether they are this machine's. */
  readonly isOwn: boolean;
}

/** 127.0.0.0/8 and ::1 (RFC 5735, RFC 4291), each as an IPv4-mapped IPv6 address as well. 0.0.0.0 and :: are none, although systems connect them to this machine. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Addresses that are nobody's (RFC 1122 §3.2.1.3, RFC 4291 §2.5.2), which a name may have all the same. */
const UNSPECIFIED = new BlockList();
UNSPECIFIED.addSubnet('0.0.0.0', 8, 'ipv4');
UNSPECIFIED.addAddress('::', 'ipv6');

/** Names below `localhost` are this machine's, whatever a name server says (RFC 6761 §6.3). */
const LOCALHOST: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Ports of services that read a POST as commands of their own (https://fetch.spec.whatwg.org/#port-blocking). */
const BAD_PORTS = new Set([
  ...[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110,
  ],
  ...[
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  ],
  ...[540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061],
  ...[6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/**
 * Judges where a webhook is to go.
 *
 * @param text the URL as the client gave it
 * @param listed hosts that it may go to wherever they are
 * @param resolve looks up names that are neither listed nor below `localhost`, too, since they may be this machine's
 * @throws what `resolve` throws where a name has no address
 */
export async function judgeTarget(text: string, listed: ReadonlySet<string>, resolve: Resolve): Promise<WebhookTarget> {
  if (/[\p{Cc}\s\\]/u.test(text)) return { refused: 'its URL has blanks, control characters or backslashes in it' };
  if (!URL.canParse(text)) return { refused: 'what was given is not a URL' };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { refused: `${url.protocol}// is neither http:// nor https://` };
  if (/^\w+:\/*[^/?#]*@/.test(text)) return { refused: 'its URL has a user or a password in it' };
  if (/%(?:[01][0-9a-f]|7f)/i.test(url.pathname)) return { refused: 'its path has control characters in it' };
  if (url.port !== '' && BAD_PORTS.has(Number(url.port)))
    return { refused: `port ${url.port} is none that webhooks are sent to` };
  const host = plainHost(url.hostname);
  const addresses = await addressesOf(host, resolve);
  const own = addresses.filter(({ address }) => isIn(LOOPBACK, address));
  if (own.length > 0) return { url, addresses: own, isOwn: true };
  const elsewhere = addresses.filter(({ address }) => address === host || !isIn(UNSPECIFIED, address));
  if (listed.has(host) && elsewhere.length > 0) return { url, addresses: elsewhere, isOwn: false };
  return { refused: `${host} is not this machine; allow it with --webhook-host ${host}` };
}

/** A host as the user lists it, in the spelling in which targets are compared; `undefined` where it is none. */
export function listedHost(text: string): string | undefined {
  const authority = isIP(text) === 6 ? `[${text}]` : text;
  if (authority === '' || /[\s/\\?#@]/.test(authority) || !URL.canParse(`http://${authority}`)) return undefined;
  const { hostname, port } = new URL(`http://${authority}`);
  return port !== '' || /:\d+$/.test(authority) ? undefined : plainHost(hostname);
}

/** What the system says. */
export const systemResolve: Resolve = (name) =>
  new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

async function addressesOf(host: string, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  return host === 'localhost' || host.endsWith('.localhost') ? LOCALHOST : resolve(host);
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Without the brackets of an IPv6 address and without the root's dot. `URL` has written it in lower case, and every spelling of an IPv4 address in decimal. */
function plainHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
