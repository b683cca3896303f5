/**
 * A client read a resource again in full although it had the resource's entity tag. A read that no limit charges is not reported, because a 304 saves nothing.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { requestLine } from '../../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
}

/** The check `missed-304`. */
export const missed304 = defineCheck<Options>({
  title: 'Read a resource again in full although it had the entity tag',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      operations: z.array(z.string()).optional().describe('operationIds to which it applies; every GET when left out'),
      except: z
        .array(z.string())
        .optional()
        .describe('operationIds to which it does not apply, because a 304 saves nothing there'),
    }),
  references: ({ operations = [], except = [] }) => ({ operations: [...operations, ...except] }),
  needs: () => 'etag',
  find({ timeline }, { operations, except }) {
    /** For each request, the newest response with an entity tag and all tags that the client received. */
    const tagged = new Map<string, { newest: Call; tags: Set<string> }>();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of timeline) {
      const { method, operation, etag } = call.entry;
      if (method !== 'GET' || (operations && !operations.includes(operation ?? ''))) continue;
      if (except?.includes(operation ?? '')) continue;
      const known = tagged.get(call.requestKey);
      if (answered) {
        // A client that received the tag without the whole response has nothing to cache.
        if (etag === undefined || call.outcome !== 'succeeded') continue;
        const tags = known?.tags ?? new Set();
        // Only the most recent tags matter. Older tags belong to outdated content.
        if (tags.size >= MAX_TAGS) tags.clear();
        tagged.set(call.requestKey, { newest: call, tags: tags.add(opaqueTag(etag)) });
        continue;
      }
      if (!known || call.outcome !== 'succeeded' || isFree(call) || !knows(call, known.newest)) continue;
      judged += 1;
      const how = conditionProblem(call, known.tags);
      if (how === undefined) continue;
      const says = `read ${requestLine(call)} again ${how}`;
      incidents.push({ call, relatedCalls: [known.newest], knownAnswer: known.newest, says });
    }
    return { judged, incidents };
  },
});

/** The maximum number of tags to remember for each request. */
const MAX_TAGS = 100;

/** Whether limits apply to the provider's requests, but none charges this one. */
function isFree({ entry: { decisions, skipped } }: Call): boolean {
  return decisions.length + skipped.length > 0 && decisions.every(({ cost }) => cost === 0);
}

/**
 * Describes what is wrong with the request's precondition; `undefined` if it contains a tag that the client received.
 * @see RFC 9110 §13.1.2
 */
function conditionProblem(
  { entry: { conditional, ifNoneMatch } }: Call,
  tags: ReadonlySet<string>,
): string | undefined {
  if (!conditional) return 'without If-None-Match although it had the entity tag';
  // A journal from an earlier version has no tags.
  if (ifNoneMatch === undefined || ifNoneMatch.trim() === '*') return undefined;
  const sent = ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? [ifNoneMatch.trim()];
  return sent.some((tag) => tags.has(opaqueTag(tag))) ? undefined : 'with an If-None-Match that it was never given';
}

/** Removes the weak indicator, because If-None-Match uses weak comparison. */
function opaqueTag(tag: string): string {
  return tag.replace(/^W\//, '');
}
