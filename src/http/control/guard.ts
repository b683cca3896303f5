/**
 * Access control of the control API: it allows programs on this machine, and clients that send the token. It refuses web pages, wherever they run.
 *
 * A page cannot forge its `Origin` or `Sec-Fetch-Site`. A page whose own name resolves to this machine (DNS rebinding) cannot forge its `Host`.
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** The facts about a caller on which the decision is based. */
export interface ControlCaller {
  /** The client's address; `undefined` in-process, which is trusted. */
  readonly ip: string | undefined;
  /** The host that the request addresses. */
  readonly host: string | undefined;
  /** Value of the `Origin` header field as received. */
  readonly origin: string | undefined;
  /** Value of the `Authorization` header field as received. */
  readonly authorization: string | undefined;
  /** Value of `Sec-Fetch-Site` (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header). Only browsers send it. */
  readonly fetchSite?: string | undefined;
  /** Whether the request is a webhook of a mock429 server. */
  readonly isWebhook?: boolean | undefined;
}

/** Access rules. */
export interface GuardRules {
  /** Token that gives access from any address; no access by token when empty or omitted. */
  readonly token?: string | undefined;
  /** Whether clients on this machine need the token as well: a tunnel or proxy on this machine forwards requests of other clients. */
  readonly tokenRequired?: boolean | undefined;
  /** Host names that a request may address, besides those of the loopback interface: `mock.internal`. */
  readonly hosts?: readonly string[] | undefined;
}

/** The reason for a refusal. */
export interface GuardRefusal {
  readonly status: 401 | 403;
  readonly code: 'token-needed' | 'not-loopback' | 'foreign-host' | 'foreign-origin' | 'foreign-site' | 'webhook';
  readonly detail: string;
}

/** Header field that marks the webhooks of mock429. */
export const WEBHOOK_HEADER = 'x-mock429-webhook';

/** A name or an address with an optional port. */
const PLAIN_HOST = /^[\w.:[\]-]+$/;

/** Returns the reason to refuse a caller; `undefined` where it has access. */
export function guardControl(caller: ControlCaller, rules: GuardRules = {}): GuardRefusal | undefined {
  const { ip, host, origin, authorization, fetchSite } = caller;
  if (ip === undefined || hasValidToken(authorization, rules.token)) return undefined;
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
    const under = host !== undefined && PLAIN_HOST.test(host) ? `the host ${JSON.stringify(host)}` : 'the given Host';
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
 * Returns the reason to refuse the files of the dashboard, which hold no data; `undefined` where the caller may load them. A browser cannot send the token with a
 * navigation, so callers that need one may load them as well, and are asked for it by the page. On this machine the host is checked in any case.
 */
export function guardPage(caller: ControlCaller, rules: GuardRules = {}): GuardRefusal | undefined {
  const refusal = guardControl(caller, rules);
  if (refusal?.code !== 'token-needed') return refusal;
  const { ip, host, fetchSite } = caller;
  // A loopback client, so that the host and the site are checked, and the token is not.
  const isLocal = ip !== undefined && isLoopbackAddress(ip);
  return guardControl(
    { ...caller, host: isLocal ? host : 'localhost', origin: undefined, fetchSite, ip: '127.0.0.1' },
    {
      hosts: rules.hosts,
    },
  );
}

/**
 * Whether a browser sent the request for a page of another origin. `same-origin` is the server's own page, `none` is an address that the user typed. Programs
 * do not
 * send the header.
 *
 * @param fetchSite the value of `Sec-Fetch-Site`
 */
export function isForeignSite(fetchSite: string | undefined): boolean {
  return fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
}

/** Whether an address is a loopback address: 127.0.0.0/8, `::1`, or the former as an IPv4-mapped IPv6 address. */
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

function hasValidToken(authorization: string | undefined, token: string | undefined): boolean {
  if (!hasToken(token) || authorization === undefined) return false;
  const presented = /^bearer +(.+)$/i.exec(authorization.trim())?.[1];
  // Digests have equal length, so the comparison time reveals neither the token's length nor a matching prefix.
  return presented !== undefined && timingSafeEqual(digest(presented), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Matches `::1` and IPv4-mapped 127.0.0.0/8, as `URL` writes them. */
const LOOPBACK_IPV6 = /^\[::(?:1|ffff:7f[\da-f]{2}:[\da-f]{1,4})\]$/;

function isOwnHost(host: string | undefined, listed: readonly string[]): boolean {
  const name = host === undefined ? undefined : parseAuthority('http:', host)?.hostname;
  if (name === undefined) return false;
  if (name === 'localhost' || name.endsWith('.localhost') || LOOPBACK_IPV6.test(name) || isLoopbackAddress(name))
    return true;
  return listed.some(
    (entry) =>
      parseAuthority('http:', entry.includes('::') && !entry.startsWith('[') ? `[${entry}]` : entry)?.hostname === name,
  );
}

/** Whether an origin is the server's own: host and port must match. The scheme is ignored, because TLS may end at a proxy. */
function isSameOrigin(origin: string, host: string): boolean {
  const scheme = /^(https?:)\/\/(.+)$/i.exec(origin);
  if (!scheme) return false;
  const [own, other] = [host, scheme[2]!].map((authority) => parseAuthority(scheme[1]!, authority));
  return own !== undefined && other !== undefined && own.host === other.host;
}

/** Quotes an origin in an error, unchanged so that a credential in it can be recognized, and only where it consists of scheme, host and port. */
function displayOrigin(origin: string): string {
  const [scheme, host, ...more] = origin.split('://');
  const isPlain = /^[a-z][a-z+.-]*$/.test(scheme!) && host !== undefined && PLAIN_HOST.test(host) && more.length === 0;
  return isPlain ? JSON.stringify(origin) : 'another origin';
}

/** Parses an authority with `URL`, which normalizes case, default ports and spellings of an address; `undefined` where it is more than a host. */
function parseAuthority(scheme: string, authority: string): URL | undefined {
  if (/[/\\?#@\s]/.test(authority)) return undefined;
  try {
    return new URL(`${scheme}//${authority}`);
  } catch {
    return undefined;
  }
}
