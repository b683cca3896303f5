/**
 * `Prefer: code=503` (RFC 7240): one answer that a client asks for itself, with nothing arranged before and nothing left behind.
 * @module
 */
import type { Fault } from '../faults/faults.js';

/** `code=503`, `status="503"`, alone or among other preferences. */
const PREFERENCE = /(?:^|[,;\s])(code|status)\s*=\s*"?(\d{3})"?(?=$|[,;\s])/i;

/** The fault that the header stands for; `undefined` where it asks for no status that can be answered with. */
export function preferredFault(prefer: string | undefined): Fault | undefined {
  if (prefer === undefined) return undefined;
  const [, name, digits] = PREFERENCE.exec(prefer) ?? [];
  if (name === undefined) return undefined;
  const status = Number(digits);
  if (status < 200 || status > 599) return undefined;
  const headers = { 'Preference-Applied': `${name.toLowerCase()}=${status}` };
  return { id: 'prefer', match: {}, status, headers, matched: 1, used: 1 };
}
