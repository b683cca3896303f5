/**
 * Which headers of the document are sent: those about which the profile has no rule.
 * @module
 */
import type { Profile } from '../schema/schema.js';

/** Headers that report limits. A profile that limits callers says which of them are sent, and when. */
const ABOUT_LIMITS = /rate-?limit|^retry-after$|quota/i;

/** Returns whether a documented header is sent with samples of the document. */
export function documentedHeaders(profile: Profile): (name: string) => boolean {
  const { headers, errors, requestId, cache, etag, policies } = profile;
  const own = [
    ...Object.keys(headers),
    ...Object.values(errors).flatMap((error) => Object.keys(error.headers ?? {})),
    requestId?.header ?? '',
    cache?.header ?? '',
    etag ? 'ETag' : '',
  ];
  const names = new Set(own.map((name) => name.toLowerCase()));
  const isLimited = Object.keys(policies).length > 0;
  return (name) => !names.has(name.toLowerCase()) && !(isLimited && ABOUT_LIMITS.test(name));
}
