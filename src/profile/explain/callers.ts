/**
 * Explains in English how a profile tells callers apart: its credentials, the facts that they give, and requests without one.
 * @module
 */
import { listInWords } from '../../limits/words.js';
import { waysInWords } from '../callers/expected.js';
import { groupsOf } from '../names.js';
import type { Profile } from '../schema/schema.js';
import { type Evidence, evidenceInWords, sourceOf } from './evidence.js';

const WITHOUT_SECURITY: Readonly<Record<Profile['callers']['withoutSecurity'], string>> = {
  ignored: '',
  optional: 'Operations for which the document names no security read a credential if one is sent.',
  required: 'Operations for which the document names no security need a credential, too.',
};

/** Explains the callers of a profile. @returns lines of text */
export function explainCallers(profile: Profile): string[] {
  const { credentials, anonymous, withoutSecurity, several } = profile.callers;
  const evidence = (given: Evidence) => `   ${evidenceInWords(given, sourceOf(given, profile))}`;
  const lines = Object.entries(credentials).flatMap(([id, spec]) => {
    const others = [...Object.keys(spec.parameters), ...groupsOf(spec.pattern), ...Object.keys(spec.facts)];
    const facts = [...new Set([spec.fact, ...others])];
    return [`${id}: ${waysInWords(id, spec)}; facts: ${listInWords(facts, 'and')}.`, evidence(spec.evidence)];
  });
  if (WITHOUT_SECURITY[withoutSecurity] !== '') lines.push(WITHOUT_SECURITY[withoutSecurity]);
  if (several === 'all') lines.push('A request with several credentials has the facts of all of them.');
  if (!anonymous) return lines;
  const { account } = anonymous;
  const facts = Object.entries(anonymous.facts).map(([name, text]) => `${name} ${text}`);
  const given = facts.length === 0 ? '' : `; facts: ${listInWords(facts, 'and')}`;
  const plan = anonymous.plan ?? profile.accounts.plan;
  lines.push(`anonymous: no credential, where none is needed; account ${account}, plan ${plan}${given}.`);
  lines.push(evidence(anonymous.evidence));
  return lines;
}
