/**
 * Reads the request target and the `Host` header field as RFC 9112 section 3 defines them.
 *
 * Nothing is corrected: the target is passed on as received, and a request that RFC 9112 forbids is refused with 400.
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { isAuthority } from './authority.js';
import { rawHeader } from './socket/raw-header.js';

/** The target and host of a request. */
export interface RequestHead {
  /** Path and query as received, or `*` for the server as a whole. */
  readonly target: string;
  /**
   * Host with an optional port. It comes from the target if that is an absolute URL, otherwise from the `Host` header field. Empty where the request names
   * none.
   */
  readonly host: string;
  /** The error that answers an invalid request. */
  readonly refusal: RequestError | undefined;
}

/** An error response of the server itself, as opposed to one of a provider. */
export interface RequestError {
  /** HTTP status. */
  readonly status: number;
  /** Last part of the problem type `urn:mock429:problem:<code>`. */
  readonly code: string;
  /** What is wrong, and how to fix it. */
  readonly detail: string;
}

type Head = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders' | 'httpVersionMajor' | 'httpVersionMinor'>;

/** The common case: a path of visible ASCII characters without a fragment, and a name or IPv4 address with an optional port of four or five digits. */
const PLAIN_TARGET = /^\/[!"$-~]*$/;
const PLAIN_HOST = /^[a-z0-9._-]+(?::(?:[1-5]\d{3,4}|[6-9]\d{3}))?$/;

/** Reads the target and host of a request. Common requests take a fast path of two regular expressions. */
export function readRequest(head: Head): RequestHead {
  const target = head.url!;
  const host = rawHeader(head.rawHeaders, 'host');
  if (host !== undefined && PLAIN_HOST.test(host) && PLAIN_TARGET.test(target) && head.httpVersionMajor === 1)
    return { target, host, refusal: undefined };
  return readWithCare(head, target, host);
}

function readWithCare(head: Head, target: string, host: string | undefined): RequestHead {
  const refusal = refuseVersion(head) ?? refuseHost(head, host);
  return refusal ? refused(refusal) : readTarget(head.method!, target, host ?? '');
}

function refused(refusal: RequestError): RequestHead {
  return { target: '', host: '', refusal };
}

function refuseVersion({ httpVersionMajor, httpVersionMinor }: Head): RequestError | undefined {
  if (httpVersionMajor === 1) return undefined;
  const detail = `this server does not speak HTTP/${httpVersionMajor}.${httpVersionMinor}; send the request as HTTP/1.1`;
  return { status: 400, code: 'bad-version', detail };
}

/** RFC 9112 section 3.2: an HTTP/1.1 request without a Host header field, and any request with several or an invalid one, gets 400. */
function refuseHost({ rawHeaders, httpVersionMinor }: Head, host: string | undefined): RequestError | undefined {
  if (host === undefined) {
    if (httpVersionMinor === 0) return undefined;
    const detail = 'an HTTP/1.1 request needs a Host header field; add one such as "Host: localhost"';
    return { status: 400, code: 'missing-host', detail };
  }
  const hosts = countOf(rawHeaders, 'host');
  if (hosts > 1) {
    const detail = `the request has ${hosts} Host header fields (${quoteHost(host)}); send one`;
    return { status: 400, code: 'several-hosts', detail };
  }
  if (isAuthority(host)) return undefined;
  const detail = `${quoteHost(host)} is not a host; send Host as name, name:port (at most 65535) or [IPv6 address]:port`;
  return { status: 400, code: 'bad-host', detail };
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === name) count += 1;
  return count;
}

const WHOLE_URL = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is;

/** RFC 9112 section 3.2: origin form, absolute form, or asterisk form. */
function readTarget(method: string, target: string, host: string): RequestHead {
  if (target === '*') {
    if (method === 'OPTIONS') return { target, host, refusal: undefined };
    return badTarget(`only OPTIONS may ask for *; ${method} needs a path such as /`);
  }
  if (target.startsWith('/')) return readPath(target, host);
  const [, scheme, authority, rest] = WHOLE_URL.exec(target) ?? [];
  if (scheme === undefined || authority === undefined || rest === undefined)
    return badTarget('the request target is neither a path nor a URL; send a path that starts with / or an http URL');
  if (!/^https?$/i.test(scheme))
    return badTarget(`this server does not serve ${quote(scheme)} URLs; send a path that starts with / or an http URL`);
  if (authority.includes('@'))
    return badTarget('the request target contains a user; remove everything up to the @, and send Authorization');
  if (/^(?::|$)/.test(authority))
    return badTarget('the request target names no host; send a path that starts with /, or http://HOST/PATH');
  if (!isAuthority(authority))
    return badTarget(`${quote(authority)} in the request target is not a host; send name, name:port or [IPv6]:port`);
  // The authority of the target wins over the Host header field (section 3.2.2).
  if (rest === '' && method === 'OPTIONS') return { target: '*', host: authority, refusal: undefined };
  return readPath(rest.startsWith('/') ? rest : `/${rest}`, authority);
}

function readPath(target: string, host: string): RequestHead {
  if (target.includes('#'))
    return badTarget('the request target has a fragment; leave out the # and what follows, or write it as %23');
  if (!/^[!-~]*$/.test(target))
    return badTarget('the request target has characters that no URL may have; percent-encode their UTF-8 bytes');
  return { target, host, refusal: undefined };
}

function badTarget(detail: string): RequestHead {
  return refused({ status: 400, code: 'bad-target', detail });
}

/** Refuses a transfer coding other than `chunked`: the server cannot read such a body (RFC 9112 section 6.1). */
export function refuseCoding({ rawHeaders }: Head): RequestError | undefined {
  const coding = rawHeader(rawHeaders, 'transfer-encoding');
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return undefined;
  const detail = `Transfer-Encoding ${quote(coding)} cannot be read; send "chunked" alone, or a Content-Length`;
  return { status: 400, code: 'bad-transfer-encoding', detail };
}

/** Quotes a host. User information is replaced, because no valid host has any and it may be a credential. */
function quoteHost(host: string): string {
  return quote(host.replace(/[^,]*@/g, '…@'));
}

const MAX_QUOTE_LENGTH = 100;

/** Quotes a text in an error, escaped. A long text is replaced by its length: a truncated credential could not be recognized and masked. */
function quote(text: string): string {
  return text.length > MAX_QUOTE_LENGTH ? `a value of ${text.length} characters` : JSON.stringify(text);
}
