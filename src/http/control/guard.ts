/**
 * Who may use the control API: programs on this machine, and those that know the token. Web pages may not, wherever they run.
 *
 * A page cannot choose its `Origin` nor its `Sec-Fetch-Site`; and one that has its own name point at this machine (DNS rebinding) cannot choose its `Host`.
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** What the decision rests on. */
export interface ControlCaller {
  /** The client's address; `undefined` in-process, which is trusted. */
  readonly ip: string | undefined;
  /** The host that the request addresses. */
  readonly host: string | undefined;
  /** Header fields as they came. */
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  /** `Sec-Fetch-Site` (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header); only browsers send it. */
  readonly fetchSite?: string | undefined;
  /** Whether it is a webhook that a mock429 sends. */
  readonly isWebhook?: boolean | undefined;
}

export interface GuardRules {
  /** Whoever shows it may come from anywhere; none, when empty or left out. */
  readonly token?: string | undefined;
  /** Whether clients on this machine need the token as well: a tunnel or proxy that runs here brings clients from elsewhere. */
  readonly tokenRequired?: boolean | undefined;
  /** Names, besides those of the loopback interface, under which the server may be addressed: `mock.internal`. */
  readonly hosts?: readonly string[] | undefined;
}

export interface GuardRefusal {
  readonly status: 401 | 403;
  readonly code: 'token-needed' | 'not-loopback' | 'foreign-host' | 'foreign-origin' | 'foreign-site' | 'webhook';
  readonly detail: string;
}

/** Header field by which a mock429 tells its webhooks from requests of programs. */
export const WEBHOOK_HEADER = 'x-mock429-webhook';

/** A name or an address, perhaps with a port. */
const PLAIN_HOST = /^[\w.:[\]-]+$/;

/** Why the caller is refused; `undefined`: it may go on. */
export function guardControl(caller: ControlCaller, rules: GuardRules = {}): GuardRefusal | undefined {
  const { ip, host, origin, authorization, fetchSite } = caller;
  if (ip === undefined || showsToken(authorization, rules.token)) return undefined;
  if (rules.tokenRequired) {
    const detail = 'the control API needs the control token here; send it as "Authorization: Bearer …"';
    return { status: 401, code: 'token-needed', detail };
  }
  if (!isLoopbackAddress(ip)) return refuseRemote(ip, rules.token);
  if (caller.isWebhook) {
    const detail = 'webhooks may not use the control API; have yours sent to another address';
    return { status: 403, code: 'webhook', detail };
  }
  if (!isOwnHost(host, rules.hosts ?? [])) {
    const under =
      host !== undefined && PLAIN_HOST.test(host) ? `the host ${JSON.stringify(host)}` : 'what its Host says';
    const detail = `the control API is not served under ${under}; address it as 127.0.0.1 or localhost, or send the control token`;
    return { status: 403, code: 'foreign-host', detail };
  }
  if (isForeignSite(fetchSite)) {
    const detail =
      'pages of other sites may not use the control API (Sec-Fetch-Site); call it from a program, or send the control token';
    return { status: 403, code: 'foreign-site', detail };
  }
  if (origin !== undefined && !isSameOrigin(origin, host!)) {
    const detail = `pages of ${displayOrigin(origin)} may not use the control API; call it from a program without an Origin header, or send the control token`;
    return { status: 403, code: 'foreign-origin', detail };
  }
  return undefined;
}

/**
 * Whether a browser sent the request for a page of another origin. `same-origin` is the server's own, `none` is what somebody typed; programs send nothing.
 *
 * @param fetchSite the value of `Sec-Fetch-Site`
 */
export function isForeignSite(fetchSite: string | undefined): boolean {
  return fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
}

/** `127.0.0.1` and its neighbours, `::1`, and either as an IPv4-mapped IPv6 address. */
export function isLoopbackAddress(ip: string): boolean {
  return ip === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(ip);
}

function refuseRemote(ip: string, token: string | undefined): GuardRefusal {
  if (hasToken(token)) {
    const detail = `${ip} is not this machine; send the control token as "Authorization: Bearer …"`;
    return { status: 401, code: 'token-needed', detail };
  }
  const detail = `${ip} is not this machine; call from it, or start mock429 with MOCK429_CONTROL_TOKEN and send that token`;
  return { status: 403, code: 'not-loopback', detail };
}

function hasToken(token: string | undefined): token is string {
  return token !== undefined && token !== '';
}

function showsToken(authorization: string | undefined, token: string | undefined): boolean {
  if (!hasToken(token) || authorization === undefined) return false;
  const shown = /^bearer +(.+)$/i.exec(authorization.trim())?.[1];
  // Digests are of one length, so the time taken tells neither the token's length nor how much of it was right.
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `::1`, and 127.0.0.0/8 mapped into IPv6, as `URL` writes them. */
const LOOPBACK_IPV6 = /^\[::(?:1|ffff:7f[\da-f]{2}:[\da-f]{1,4})\]$/;

function isOwnHost(host: string | undefined, listed: readonly string[]): boolean {
  const name = host === undefined ? undefined : parseAuthority('http:', host)?.hostname;
  if (name === undefined) return false;
  if (name === 'localhost' || name.endsWith('.localhost') || LOOPBACK_IPV6.test(name) || isLoopbackAddress(name))
    return true;
  return listed.some(
    (one) => parseAuthority('http:', one.includes('::') && !one.startsWith('[') ? `[${one}]` : one)?.hostname === name,
  );
}

/** Scheme aside (TLS may end in front of the server), an origin is the server's own when host and port are. */
function isSameOrigin(origin: string, host: string): boolean {
  const scheme = /^(https?:)\/\/(.+)$/i.exec(origin);
  if (!scheme) return false;
  const [own, theirs] = [host, scheme[2]!].map((authority) => parseAuthority(scheme[1]!, authority));
  return own !== undefined && theirs !== undefined && own.host === theirs.host;
}

/** An origin is quoted as it came, so that a credential in it is recognized, and only where it is nothing but scheme, host and port. */
function displayOrigin(origin: string): string {
  const [scheme, host, ...more] = origin.split('://');
  const isPlain = /^[a-z][a-z+.-]*$/.test(scheme!) && host !== undefined && PLAIN_HOST.test(host) && more.length === 0;
  return isPlain ? JSON.stringify(origin) : 'another origin';
}

/** Through `URL`, so that case, default ports and ways to write an address do not matter; what is more than a host is none. */
function parseAuthority(scheme: string, authority: string): URL | undefined {
  if (/[/\\?#@\s]/.test(authority)) return undefined;
  try {
    return new URL(`${scheme}//${authority}`);
  } catch {
    return undefined;
  }
}
