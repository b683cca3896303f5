/**
 * Routes a path: `/~name` selects a sandbox, `/__mock429` the control API, and the rest a provider.
 * @module
 */
import { nearest } from '../profile/errors.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { isSandboxName } from '../sandbox/sandboxes.js';

/** Path prefix of the control API. */
export const CONTROL_PATH = '/__mock429';

/** Where a request target leads. */
export type Destination = ProviderDestination | ControlDestination | NoDestination;

/** An operation of a provider. */
export interface ProviderDestination {
  readonly to: 'provider';
  /** Name of the sandbox; empty for the main sandbox. */
  readonly sandbox: string;
  /** Id of the profile. */
  readonly profile: string;
  /** Path without the sandbox and profile prefix. */
  readonly path: string;
  /** Query as received, without the question mark. */
  readonly rawQuery: string;
  /** The prefix that was removed from `path`: `/~name/profile`, or a part of it. */
  readonly prefix: string;
}

/** A call of the control API. */
export interface ControlDestination {
  readonly to: 'control';
  readonly sandbox: string;
}

/** Nothing is served at the target. `code` and `detail` describe the problem. */
export interface NoDestination {
  readonly to: 'nowhere';
  readonly code: string;
  readonly detail: string;
}

/**
 * Creates the function that routes request targets.
 *
 * @param profiles ids of the served profiles; a single profile is served at `/`, several profiles each under `/<id>`
 * @param mask masks the credentials of a target that is quoted in a message
 * @param owners ids of the profiles that have an operation at a path; used to suggest a mount that the client omitted
 */
export function createRouting(
  profiles: readonly string[],
  mask: (target: string) => string = (target) => target,
  owners: (path: string) => readonly string[] = () => [],
): (target: string) => Destination {
  const single = profiles.length === 1 ? profiles[0]! : undefined;
  return (target) => {
    const { path: whole, rawQuery } = splitTarget(target);
    let path = whole;
    let sandbox = '';
    let prefix = '';
    if (path.startsWith('/~')) {
      sandbox = firstSegment(path).slice(1);
      if (!isSandboxName(sandbox)) return badSandbox(mask(sandbox));
      prefix = `/~${sandbox}`;
      path = path.slice(prefix.length) || '/';
    }
    if (path.startsWith(CONTROL_PATH) && (path.length === CONTROL_PATH.length || path[CONTROL_PATH.length] === '/'))
      return { to: 'control', sandbox };
    if (single !== undefined) return { to: 'provider', sandbox, profile: single, path, rawQuery, prefix };
    const profile = firstSegment(path);
    if (!profiles.includes(profile)) {
      const near = nearest(profile, profiles);
      const suggestions = [
        ...owners(path).map((id) => `${prefix}/${id}${path}`),
        ...(near === undefined ? [] : [`${prefix}/${near}${path.slice(profile.length + 1)}`]),
      ];
      return unknownMount(mask(target), profiles, suggestions.slice(0, MAX_SUGGESTIONS).map(mask));
    }
    path = path.slice(profile.length + 1) || '/';
    return { to: 'provider', sandbox, profile, path, rawQuery, prefix: `${prefix}/${profile}` };
  };
}

/** Ids of the profiles that have an operation at the path. */
export function profilesWith(path: string, sandbox: Sandbox): string[] {
  return sandbox.profiles.filter((id) => sandbox.provider(id).router.methods(path).length > 0);
}

/** Splits a request target into its path and its query. The query is returned as received, without the question mark. */
export function splitTarget(target: string): { readonly path: string; readonly rawQuery: string } {
  const question = target.indexOf('?');
  if (question < 0) return { path: target, rawQuery: '' };
  return { path: target.slice(0, question), rawQuery: target.slice(question + 1) };
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return path.slice(1, end < 0 ? undefined : end);
}

function badSandbox(name: string): NoDestination {
  const detail = `"${name}" cannot name a sandbox; use letters, digits, ".", "_" and "-", at most 100`;
  return { to: 'nowhere', code: 'bad-sandbox-name', detail };
}

/** Most paths that a message suggests. */
const MAX_SUGGESTIONS = 3;

function unknownMount(target: string, profiles: readonly string[], suggestions: readonly string[]): NoDestination {
  const mounts = profiles.map((id) => `/${id}`).join(', ');
  const proposal = suggestions.length === 0 ? '' : `; did you mean ${suggestions.join(' or ')}?`;
  const detail = `nothing is served at ${target}${proposal}${proposal === '' ? '; p' : ' P'}roviders are served under ${mounts}, the control API under ${CONTROL_PATH}`;
  return { to: 'nowhere', code: 'unknown-mount', detail };
}
