/**
 * The names that a profile and its document define, by kind.
 * @module
 */

import type { OpenApiDocument } from '../openapi/document/document.js';
import { isObject } from '../openapi/document/json.js';
import type { Profile } from './schema/schema.js';

/** A path of keys in a profile. */
export type Path = readonly PropertyKey[];

/** Reports an issue at a path. A profile with warnings can still be served. */
export type Add = (code: string, path: Path, problem: string, fix: string, severity?: 'warning') => void;

/** The names of a profile by kind. */
export type Names = ReturnType<typeof namesOf>;

/** Collects the names of a profile and its document. */
export function namesOf(profile: Profile, document: OpenApiDocument) {
  const schemes = document.at('#/components/securitySchemes');
  const credentials = Object.values(profile.callers.credentials);
  const groups = credentials.flatMap(({ pattern }) => groupsOf(pattern));
  return {
    source: Object.keys(profile.sources),
    operation: document.operations.map(({ id }) => id),
    error: Object.keys(profile.errors),
    policy: Object.keys(profile.policies),
    plan: Object.keys(profile.plans),
    credential: Object.keys(profile.callers.credentials),
    collection: Object.keys(profile.collections),
    variant: Object.keys(profile.variants),
    security: isObject(schemes) ? Object.keys(schemes) : [],
    parameter: [
      ...new Set(
        document.operations.flatMap(({ path }) => [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1]!)),
      ),
    ],
    fact: [
      ...new Set([
        'kind',
        'plan',
        profile.accounts.fact,
        ...credentials.flatMap(({ fact, facts, parameters }) => [fact, ...Object.keys({ ...facts, ...parameters })]),
        ...Object.keys(profile.callers.anonymous?.facts ?? {}),
        ...groups,
        ...profile.fixtures.flatMap(({ facts }) => Object.keys(facts)),
      ]),
    ],
  };
}

/** The names of the groups of a regular expression. */
export function groupsOf(pattern: string): string[] {
  return [...pattern.matchAll(/\(\?<([^>=!(]+)>/g)].map((match) => match[1]!);
}
