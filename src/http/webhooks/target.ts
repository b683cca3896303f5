/**
 * Decides where webhooks may be sent: to addresses of this machine, and to hosts that the user has listed.
 *
 * A name is resolved once and judged by its address. The connection goes to that very address, so that a second look-up of the name cannot redirect it.
 * @module
 */
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { faultOfUrl } from '../../sandbox/webhooks/url.js';

/** Resolves a name to all its addresses, in the form of `dns.lookup` with `all`. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** The target of a webhook, or the reason for a refusal. */
export type WebhookTarget = Allowed | { readonly refused: string };

/** A target that a webhook may be sent to. */
export interface Allowed {
  readonly url: URL;
  /** Addresses of the host that the webhook may be sent to. */
  readonly addresses: readonly LookupAddress[];
  /** Whether the addresses are loopback addresses. */
  readonly isOwn: boolean;
}

/**
 * Loopback addresses: 127.0.0.0/8 and ::1 (RFC 5735, RFC 4291), and their IPv4-mapped forms. 0.0.0.0 and :: are not loopback addresses, although systems
 * connect
 * them to this machine.
 */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Unspecified addresses (RFC 1122 §3.2.1.3, RFC 4291 §2.5.2). A name may resolve to one all the same. */
const UNSPECIFIED = new BlockList();
UNSPECIFIED.addSubnet('0.0.0.0', 8, 'ipv4');
UNSPECIFIED.addAddress('::', 'ipv6');

/** Addresses of `localhost` and the names below it, whatever a name server says (RFC 6761 §6.3). */
const LOCALHOST: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Ports of services that may interpret a POST as commands (https://fetch.spec.whatwg.org/#port-blocking). */
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
 * Decides whether a webhook may be sent to a URL.
 *
 * @param text the URL as the client gave it
 * @param listed hosts that are allowed wherever they are
 * @param resolve resolves names that are neither listed nor below `localhost`; such a name may belong to this machine
 * @throws the error of `resolve` where a name has no address
 */
export async function judgeTarget(text: string, listed: ReadonlySet<string>, resolve: Resolve): Promise<WebhookTarget> {
  if (!URL.canParse(text)) return { refused: 'the value is not a URL' };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { refused: `${url.protocol}// is neither http:// nor https://` };
  const fault = faultOfUrl(text);
  if (fault) return { refused: `its URL ${fault.problem}` };
  if (url.port !== '' && BAD_PORTS.has(Number(url.port)))
    return { refused: `port ${url.port} is blocked for webhooks, as in browsers; listen on another, such as 8080` };
  const host = plainHost(url.hostname);
  const addresses = await addressesOf(host, resolve);
  const own = addresses.filter(({ address }) => isIn(LOOPBACK, address));
  if (own.length > 0) return { url, addresses: own, isOwn: true };
  const others = addresses.filter(({ address }) => address === host || !isIn(UNSPECIFIED, address));
  if (listed.has(host) && others.length > 0) return { url, addresses: others, isOwn: false };
  return { refused: `${host} is not this machine; allow it with --webhook-host ${host}` };
}

/** Normalizes a host that the user has listed; `undefined` where the text is not a host. */
export function listedHost(text: string): string | undefined {
  const authority = isIP(text) === 6 ? `[${text}]` : text;
  if (authority === '' || /[\s/\\?#@]/.test(authority) || !URL.canParse(`http://${authority}`)) return undefined;
  const { hostname, port } = new URL(`http://${authority}`);
  return port !== '' || /:\d+$/.test(authority) ? undefined : plainHost(hostname);
}

/** Resolves names with the operating system. */
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

/** Removes the brackets of an IPv6 address and the trailing dot of a name. `URL` has already lower-cased it and normalized IPv4 addresses. */
function plainHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
