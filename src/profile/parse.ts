/**
 * Turns plain data into a checked profile: applies variants and settings, validates it against the schema, and reports issues with positions.
 * @module
 */

import { kindOfValue } from './document/kind.js';
import { MAX_ISSUES, nearest, ProfileError, suggest } from './errors.js';
import { mergePatch } from './merge-patch.js';
import { inheritEvidence } from './schema/evidence.js';
import { complaints } from './schema/issues.js';
import { type Profile, profileSchema } from './schema/schema.js';
import type { Position, Source } from './source/positions.js';
import { expandVersions, VERSION_SIGN } from './versions.js';

/** Changes that are applied to a profile before it is validated. */
export interface Overlay {
  /** Names of variants. They are applied in the profile's order, so that the order given does not matter. */
  readonly variants?: readonly string[];
  /** Single settings: `policies.key-minute.quota=5`. */
  readonly set?: readonly { readonly path: string; readonly value: unknown }[];
}

/** A validated profile with positions. */
export interface Parsed {
  readonly profile: Profile;
  /** The position of a path of the profile: in an active variant's patch if that sets it, else in the base. */
  position(path: readonly PropertyKey[]): Position;
}

/** Validates a profile. @throws ProfileError */
export function parseProfile(source: Source, overlay: Overlay = {}): Parsed {
  const { file } = source;
  const kind = kindOfValue(source.value);
  if (kind?.is === 'document') {
    const key = Object.hasOwn(source.value as object, 'swagger') ? 'swagger' : 'openapi';
    const fix = `serve it with --openapi ${file}, or begin a profile for it with mock429 init ${file}`;
    throw oneIssue(source, [key], 'profile/openapi-document', 'this is an OpenAPI document, not a profile', fix);
  }
  if (!isRecord(source.value))
    throw oneIssue(source, [], 'profile/not-a-map', 'a profile is a map of keys', 'start with id:, title:, baseUrl: …');
  if (kind?.is === 'other') {
    const fix = 'give the path of a profile (mock429 init begins one for an OpenAPI document)';
    throw oneIssue(source, [], 'profile/other-kind', `this is ${kind.name}, not a profile`, fix);
  }
  const known = isRecord(source.value['variants']) ? source.value['variants'] : {};
  const rank = Object.keys(known);
  const variants = [...(overlay.variants ?? [])].sort((a, b) => rank.indexOf(a) - rank.indexOf(b));
  let value: unknown = source.value;
  for (const name of variants) {
    const variant = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!isRecord(variant)) {
      throw oneIssue(
        source,
        ['variants'],
        'profile/unknown-variant',
        `there is no variant "${name}"`,
        suggest(name, Object.keys(known)),
      );
    }
    value = patchProfile(value, variant['patch']);
  }
  for (const { path, value: replacement } of overlay.set ?? []) value = setAt(source, value, path, replacement);
  const expanded = expandVersions(value);
  const position = (of: readonly PropertyKey[]): Position => {
    const sources = expanded.sources(of);
    const path = sources.find((one) => source.depth(one) === one.length) ?? sources.at(-1)!;
    const candidates = variants.map((name) => patchPath(source, ['variants', name, 'patch'], path)).reverse();
    const depth = source.depth(path);
    const patched = candidates.find((candidate) => source.depth(candidate) - 3 >= depth && source.depth(candidate) > 3);
    return source.position(patched ?? path);
  };
  const inheritance = inheritEvidence(expanded.value);
  const result = profileSchema.safeParse(inheritance.value);
  if (!result.success) {
    const all = result.error.issues.slice(0, MAX_ISSUES).flatMap((issue) => complaints(issue, expanded.value));
    const issues = all.map(([code, path, problem, fix]) => ({
      code: `profile/${code}`,
      file,
      ...position(path),
      path: pathText(path),
      problem,
      fix,
    }));
    throw new ProfileError(withoutRepeats(issues).slice(0, MAX_ISSUES));
  }
  inheritance.apply(result.data);
  return { profile: result.data, position };
}

/** What is wrong with a version of a policy is wrong at its place in the file too, which is the one to report. */
function withoutRepeats<T extends Position & { code: string; path: string; problem: string }>(
  issues: readonly T[],
): T[] {
  const known = new Map<string, T>();
  for (const issue of issues) {
    const key = JSON.stringify([issue.line, issue.col, issue.code, issue.problem]);
    const first = known.get(key);
    if (!first || (first.path.includes(VERSION_SIGN) && !issue.path.includes(VERSION_SIGN))) known.set(key, issue);
  }
  return [...known.values()];
}

function setAt(source: Source, value: unknown, path: string, replacement: unknown): unknown {
  const keys = path.split('.');
  let at: unknown = value;
  for (const [i, key] of keys.slice(0, -1).entries()) {
    const next = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    if (!isRecord(next)) {
      const known = isRecord(at) ? Object.keys(at) : [];
      const near = nearest(key, known);
      const inside =
        i === 0 ? known.find((name) => isRecord(at) && isRecord(at[name]) && Object.hasOwn(at[name], key)) : undefined;
      const fix =
        inside !== undefined
          ? `did you mean "${inside}.${path}"?`
          : near === undefined
            ? `known here: ${known.join(', ')}`
            : `did you mean "${near}"?`;
      throw oneIssue(source, keys.slice(0, i), 'profile/unknown-setting', `--set ${path}: there is no "${key}"`, fix);
    }
    at = next;
  }
  return mergePatch(
    value,
    keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), replacement),
  );
}

/** Applies a variant's patch: a merge patch in which the key `*` stands for every existing key. */
function patchProfile(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    for (const at of key === '*' ? Object.keys(merged) : [key]) {
      if (value === null) delete merged[at];
      else merged[at] = patchProfile(merged[at], value);
    }
  }
  return merged;
}

/** The path within a patch that sets a path of the profile, be it by `*`. */
function patchPath(source: Source, patch: readonly string[], path: readonly PropertyKey[]): PropertyKey[] {
  const at: PropertyKey[] = [...patch];
  for (const key of path) {
    const [named, every] = [at.concat(key), at.concat('*')];
    const patched = source.depth(named) < named.length && source.depth(every) === every.length;
    at.push(patched ? '*' : key);
  }
  return at;
}

function oneIssue(
  source: Source,
  path: readonly PropertyKey[],
  code: string,
  problem: string,
  fix: string,
): ProfileError {
  return new ProfileError([{ code, file: source.file, ...source.position(path), path: pathText(path), problem, fix }]);
}

/** A path as text: `policies.key-minute.free[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
