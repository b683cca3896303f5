/**
 * Which host a request is for.
 * @module
 */

/**
 * The host and port that a request addresses, as they were sent. A target that is a whole URL (`GET http://a/ HTTP/1.1`) says so itself, and its `Host` counts for
 * nothing (RFC 9112 §3.2.2).
 *
 * @param target as it came; `undefined` where it is not known, as in-process
 * @param host the `Host` header field
 * @returns `undefined` where neither says so
 */
export function effectiveHost(target: string | undefined, host: string | undefined): string | undefined {
  if (target === undefined || target.startsWith('/')) return host;
  return /^https?:\/\/([^/?#\\]*)/i.exec(target)?.[1] ?? host;
}
