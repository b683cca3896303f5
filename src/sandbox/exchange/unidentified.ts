/**
 * The log line on a request without a valid credential. It says what a credential must look like.
 * @module
 */

import { placeInWords } from '../../profile/callers/places.js';
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
  const forms = usable.map((spec) => {
    const { header, scheme, parameter, pattern } = spec;
    const parts = [scheme, parameter].filter((part) => part !== undefined);
    const position =
      header === undefined ? placeInWords(spec) : `${header}${parts.length === 0 ? '' : `: ${parts.join(' ')}`}`;
    return pattern === '' ? position : `${position} with a value that matches ${pattern}`;
  });
  const found = key === undefined ? 'no credential found' : 'the credential is not accepted';
  const fix = forms.length === 0 ? '' : `; send ${forms.join(', or ')}`;
  return `${profile.id}: ${request.method} ${maskedPath(providerState, request)} is answered with ${error}: ${found}${fix}`;
}
