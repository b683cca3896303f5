/**
 * The log line on a request without a valid credential. It says what a credential must look like.
 * @module
 */

import { maskedPath } from '../masking/path.js';
import type { Exchange } from './state.js';

/** Describes the failure. @param error name of the profile's error that is answered @param key the credential that was found, if there was one */
export function unidentifiedInWords(
  { providerState, request }: Exchange,
  error: string,
  key: string | undefined,
): string {
  const { profile } = providerState.provider;
  const security = request.match?.operation.security;
  const usable = Object.values(profile.callers.credentials).filter(
    (one) =>
      security === undefined || one.security === undefined || security.some((names) => names.includes(one.security!)),
  );
  const forms = usable.map(({ header, query, cookie, scheme, pattern }) => {
    const position =
      query !== undefined
        ? `the query parameter ${query}`
        : cookie !== undefined
          ? `the cookie ${cookie}`
          : `${header}${scheme === undefined ? '' : `: ${scheme}`}`;
    return pattern === '' ? position : `${position} with a value that matches ${pattern}`;
  });
  const found = key === undefined ? 'no credential found' : 'the credential is not accepted';
  const fix = forms.length === 0 ? '' : `; send ${forms.join(', or ')}`;
  return `${profile.id}: ${request.method} ${maskedPath(providerState, request)} is answered with ${error}: ${found}${fix}`;
}
