/**
 * `Prefer: code=503` (RFC 7240): a client requests a forced status for one response, without adding a fault.
 * @module
 */
import type { Fault } from '../faults/faults.js';

/** `code=503`, `status="503"`, alone or among other preferences. */
const PREFERENCE = /(?:^|[,;\s])(code|status)\s*=\s*"?(\d{3})"?(?=$|[,;\s])/i;

/** The fault that the header requests; `undefined` if it requests no status from 200 to 599. */
export function preferredFault(prefer: string | undefined): Fault | undefined {
  if (prefer === undefined) return undefined;
  const [, name, digits] = PREFERENCE.exec(prefer) ?? [];
  if (name === undefined) return undefined;
  const status = Number(digits);
  if (status < 200 || status > 599) return undefined;
  const headers = { 'Preference-Applied': `${name.toLowerCase()}=${status}` };
  return { id: 'prefer', match: {}, status, headers, matched: 1, used: 1 };
}
