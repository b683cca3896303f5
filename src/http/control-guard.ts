/**
 * Who may use the control API: programs on this machine, and those that know the token. Web pages may not, wherever they run.
 *
 * A page cannot choose its `Origin`; and one that has its own name point at this machine (DNS rebinding) cannot choose its `Host`.
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** What the decision rests on. */
export interface ControlCaller {
  /** The client's address; `undefined` in-process, which is trusted. */
  readonly ip: string | undefined;
  /** Headers as they came. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
}

export interface GuardRules {
  /** Whoever shows it may come from anywhere; none, when empty or left out. */
  readonly token?: string | undefined;
  /** Names, besides those of the loopback interface, under which the server may be addressed: `mock.internal`. */
  readonly hosts?: readonly string[] | undefined;
}

export interface GuardRefusal {
  readonly status: 401 | 403;
  readonly code: 'token-needed' | 'not-loopback' | 'foreign-host' | 'foreign-origin';
  readonly detail: string;
}

/** Why the caller is refused; `undefined`: it may go on. */
export function guardControl(caller: ControlCaller, rules: GuardRules = {}): GuardRefusal | undefined {
  const { ip, host, origin, authorization } = caller;
  if (ip === undefined || showsToken(authorization, rules.token)) return undefined;
  if (!isLoopbackAddress(ip)) return refuseRemote(ip, rules.token);
  if (!isOwnHost(host, rules.hosts ?? [])) {
    const detail = `the control API is not served under the host ${JSON.stringify(host ?? '')}; address it as 127.0.0.1 or localhost, or send the control token`;
    return { status: 403, code: 'foreign-host', detail };
  }
  if (origin !== undefined && !isSameOrigin(origin, host!)) {
    const detail = `pages of ${JSON.stringify(origin)} may not use the control API; call it from a program without an Origin header, or send the control token`;
    return { status: 403, code: 'foreign-origin', detail };
  }
  return undefined;
}

/** `127.0.0.1` and its neighbours, `::1`, and IPv4 in IPv6 clothes. */
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

/** Through `URL`, so that case, default ports and ways to write an address do not matter; what is more than a host is none. */
function parseAuthority(scheme: string, authority: string): URL | undefined {
  if (/[/\\?#@\s]/.test(authority)) return undefined;
  try {
    return new URL(`${scheme}//${authority}`);
  } catch {
    return undefined;
  }
}
