/**
 * The names that a profile and its document give to things, by kind.
 * @module
 */
import { isObject, type OpenApiDocument } from '../openapi/document.js';
import type { Profile } from './schema/schema.js';

export type Path = readonly PropertyKey[];

/** Notes what is wrong at a path; a `warning` keeps nobody from serving the profile. */
export type Add = (code: string, path: Path, problem: string, fix: string, severity?: 'warning') => void;

export type Names = ReturnType<typeof namesOf>;

export function namesOf(profile: Profile, document: OpenApiDocument) {
  const schemes = document.at('#/components/securitySchemes');
  const credentials = Object.values(profile.callers.credentials);
  const groups = credentials.flatMap(({ pattern }) =>
    [...pattern.matchAll(/\(\?<([^>=!(]+)>/g)].map((match) => match[1]!),
  );
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
        ...credentials.flatMap(({ fact, facts }) => [fact, ...Object.keys(facts)]),
        ...groups,
        ...profile.fixtures.flatMap(({ facts }) => Object.keys(facts)),
      ]),
    ],
  };
}
