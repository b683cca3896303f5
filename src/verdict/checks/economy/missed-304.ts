/**
 * A client read something again in full although it had its entity tag.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { what } from '../../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

export const missed304 = defineCheck<Options>({
  title: 'Read again what it had',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      operations: z.array(z.string()).optional().describe('operationIds to which it applies; every GET when left out'),
    }),
  references: ({ operations = [] }) => ({ operations }),
  needs: () => 'etag',
  find({ timeline }, { operations }) {
    /** The newest answer with an entity tag to each request, and all tags that were given for it. */
    const tagged = new Map<string, { newest: Call; tags: Set<string> }>();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of timeline) {
      const { method, operation, etag } = call.entry;
      if (method !== 'GET' || (operations && !operations.includes(operation ?? ''))) continue;
      const given = tagged.get(call.same);
      if (answered) {
        // A client that got the tag without a whole answer has nothing to keep.
        if (etag === undefined || call.outcome !== 'succeeded') continue;
        const tags = given?.tags ?? new Set();
        // Only the newest few matter: an older one belongs to content that is out of date.
        if (tags.size >= MAX_TAGS) tags.clear();
        tagged.set(call.same, { newest: call, tags: tags.add(opaque(etag)) });
        continue;
      }
      if (!given || call.outcome !== 'succeeded' || !knows(call, given.newest)) continue;
      judged += 1;
      const how = lacking(call, given.tags);
      if (how === undefined) continue;
      const says = `read ${what(call)} again ${how}`;
      incidents.push({ call, with: [given.newest], knew: given.newest, says });
    }
    return { judged, incidents };
  },
});

const MAX_TAGS = 100;

/** What is wrong with its condition; `undefined`: it has a tag that its client was given. @see RFC 9110 §13.1.2 */
function lacking({ entry: { conditional, ifNoneMatch } }: Call, tags: ReadonlySet<string>): string | undefined {
  if (!conditional) return 'without If-None-Match although it had the entity tag';
  // An older journal has no tags.
  if (ifNoneMatch === undefined || ifNoneMatch.trim() === '*') return undefined;
  const sent = ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? [ifNoneMatch.trim()];
  return sent.some((tag) => tags.has(opaque(tag))) ? undefined : 'with an If-None-Match that it was never given';
}

/** Without the mark of a weak tag: If-None-Match compares weakly. */
function opaque(tag: string): string {
  return tag.replace(/^W\//, '');
}
