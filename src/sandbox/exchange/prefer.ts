/**
 * `Prefer` (RFC 7240): a client requests a forced status for one response without adding a fault (`code=503`), a named example (`example=empty`), or made data
 * instead of examples (`dynamic=true`).
 * @module
 */
import type { Preference } from '../../behaviours/behaviour.js';
import type { Fault } from '../faults/faults.js';

/** `code=503`, `status="503"`, alone or among other preferences. */
const STATUS = /(?:^|[,;\s])(code|status)\s*=\s*"?(\d{3})"?(?=$|[,;\s])/i;
const EXAMPLE = /(?:^|[,;\s])example\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",;\s]+))/i;
const DYNAMIC = /(?:^|[,;\s])dynamic\s*=\s*"?true"?(?=$|[,;\s])/i;

/** The fault that the header requests; `undefined` if it requests no status from 200 to 599. */
export function preferredFault(prefer: string | undefined): Fault | undefined {
  if (prefer === undefined) return undefined;
  const [, name, digits] = STATUS.exec(prefer) ?? [];
  if (name === undefined) return undefined;
  const status = Number(digits);
  if (status < 200 || status > 599) return undefined;
  const headers = { 'Preference-Applied': `${name.toLowerCase()}=${status}` };
  return { id: PREFERRED, match: {}, status, headers, matched: 1, used: 1 };
}

/** Id of the fault that stands for a preference. */
export const PREFERRED = 'prefer';

/** The sample that the header requests; `undefined` if it requests none. */
export function preferredSample(prefer: string): Preference | undefined {
  const [, quoted, token] = EXAMPLE.exec(prefer) ?? [];
  const example = quoted?.replace(/\\(.)/g, '$1') ?? token;
  const isMade = DYNAMIC.test(prefer);
  return example === undefined && !isMade ? undefined : { example, isMade };
}
