/**
 * Finds the files of profiles.
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { packaged } from '../package-root.js';
import { ProfileError, suggest } from './errors.js';

/** Folder of the built-in profiles. */
export const PROFILES_DIRECTORY = packaged('profiles/');

/** Ids of the built-in profiles, sorted. */
export function builtInProfiles(): string[] {
  return readdirSync(PROFILES_DIRECTORY)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The file of an id or a path. @throws ProfileError if it does not exist */
export function findProfile(reference: string): string {
  const file = profileFile(reference);
  if (existsSync(file)) return file;
  const isPath = isFilePath(reference);
  const problem = isPath ? 'there is no such file' : `there is no profile "${reference}"`;
  const fix = isPath ? 'check the path' : suggestProfile(reference);
  throw new ProfileError([
    { code: 'profile/unknown', file: isPath ? reference : 'profile', line: 1, col: 1, path: '', problem, fix },
  ]);
}

/** The file that an id or a path refers to, whether or not it exists. */
export function profileFile(reference: string): string {
  return isFilePath(reference) ? resolve(reference) : resolve(PROFILES_DIRECTORY, `${reference}.yaml`);
}

function isFilePath(reference: string): boolean {
  return /[\\/]|\.(ya?ml|json)$/.test(reference) || (/\.\w+$/.test(reference) && existsSync(reference));
}

/** The files of a provider: its profile and its OpenAPI document. */
export function filesOf({ file, profile }: { readonly file: string; readonly profile: { readonly openapi: string } }) {
  return { profile: file, document: resolve(dirname(file), profile.openapi) };
}

/** The file as messages show it: relative to the working directory if it lies below it. */
export function displayPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

function suggestProfile(id: string): string {
  const known = builtInProfiles();
  const near = suggest(id, known);
  const list = `known: ${known.join(', ')}; or give the path of a YAML file`;
  return near.startsWith('did') ? `${near} (${list})` : list;
}
