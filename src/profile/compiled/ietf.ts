/**
 * The option `ietf`: adds the fields and problem types of draft-ietf-httpapi-ratelimit-headers to a profile.
 *
 * The fields are added to those of the provider; one of the same name is replaced. A body stays the provider's, unless it is a problem (RFC 9457) already: then it gets
 * the problem type and `violated-policies`. A document that is served alone gets the problem types as errors.
 * @module
 */
import { RATELIMIT_REVISIONS, type RateLimitRevision } from '../../limits/render/ratelimit-fields.js';
import type { Profile } from '../schema/schema.js';
import { baseName } from '../versions.js';

/** The revisions that the option `ietf` takes. */
export const IETF_REVISIONS = RATELIMIT_REVISIONS;
/** A revision that the option `ietf` takes. */
export type IetfRevision = RateLimitRevision;

type HeaderSpec = Profile['headers'][string];
type HeaderValue = NonNullable<Exclude<HeaderSpec, readonly unknown[]>['value']>;
type ErrorSpec = Profile['errors'][string];

const REGISTRY = 'https://iana.org/assignments/http-problem-types';
const PROBLEM_TYPE = 'application/problem+json';

/** The problem type of a refusal by its status. Revisions before 10 have none. */
const PROBLEM_TYPES: Readonly<Record<number, { readonly name: string; readonly title: string }>> = {
  429: { name: 'quota-exceeded', title: 'The quota that is assigned to the client is exceeded' },
  503: { name: 'temporary-reduced-capacity', title: 'The server has less capacity for a while' },
};

/** Adds the fields and the problem types. @param isAlone the profile stands for a document that is served alone */
export function withIetf(profile: Profile, revision: IetfRevision, isAlone: boolean): Profile {
  const headers = withFields(profile, revision);
  return { ...profile, headers, errors: revision >= 10 ? withProblems(profile, isAlone) : profile.errors };
}

function withFields({ headers, policies }: Profile, revision: IetfRevision): Profile['headers'] {
  // The older drafts only know quotas of a time window.
  const known = Object.keys(policies).filter((id) => revision >= 10 || policies[id]!.window !== undefined);
  const ids = [...new Set(known.map(baseName))];
  if (ids.length === 0) return headers;
  const evidence = { level: 'assumed', note: `added by the option ietf, revision ${revision}` } as const;
  const field = (value: HeaderValue): HeaderSpec => ({ policy: ids, value, revision, on: 'every-response', evidence });
  const added: Record<string, HeaderSpec> =
    revision === 6
      ? {
          'RateLimit-Limit': field('limit'),
          'RateLimit-Remaining': field('remaining'),
          'RateLimit-Reset': field('reset'),
          'RateLimit-Policy': field('ratelimit-policy'),
        }
      : { 'RateLimit-Policy': field('ratelimit-policy'), RateLimit: field('ratelimit') };
  const names = new Set(Object.keys(added).map((name) => name.toLowerCase()));
  const others = Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(others), ...added };
}

function withProblems({ errors, policies }: Profile, isAlone: boolean): Profile['errors'] {
  if (isAlone) return { ...errors, ...ownProblems() };
  const refusals = new Set(
    Object.values(policies).flatMap(({ refusal: { error, impossible } }) => [
      ...(typeof error === 'string' ? [error] : error.map((one) => one.error)),
      ...(impossible === undefined ? [] : [impossible]),
    ]),
  );
  return Object.fromEntries(
    Object.entries(errors).map(([name, error]) => [name, refusals.has(name) ? asProblem(error) : error]),
  );
}

/** An error whose body is a problem, with its type and the policies that refused. The provider's own members stay. */
function asProblem(error: ErrorSpec): ErrorSpec {
  const { status, body, contentType } = error;
  const type = PROBLEM_TYPES[status];
  if (!type || !/^application\/problem\+json\s*(?:;|$)/i.test(contentType ?? '')) return error;
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return error;
  const own = body as Readonly<Record<string, unknown>>;
  const hasType = own['type'] !== undefined && own['type'] !== 'about:blank';
  return {
    ...error,
    body: {
      ...own,
      ...(hasType ? {} : { type: `${REGISTRY}#${type.name}` }),
      'violated-policies': own['violated-policies'] ?? '${refusal.violated}',
    } as unknown as ErrorSpec['body'],
  };
}

/** The problem types as errors of their own: what a fault with their status sends. */
function ownProblems(): Profile['errors'] {
  const evidence = { level: 'documented', source: 'document', note: 'added by the option ietf' } as const;
  return Object.fromEntries(
    Object.entries(PROBLEM_TYPES).map(([status, { name, title }]): [string, ErrorSpec] => [
      name,
      {
        status: Number(status),
        contentType: PROBLEM_TYPE,
        headers: { 'Retry-After': '1' },
        body: { type: `${REGISTRY}#${name}`, title, status: Number(status), 'violated-policies': [] },
        evidence,
      },
    ]),
  );
}
