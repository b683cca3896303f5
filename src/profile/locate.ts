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

/** Folder of the catalogue: profiles of well-known providers, which are served when they are named. */
export const CATALOGUE_DIRECTORY = packaged('profiles/catalogue/');

/** Ids of the built-in profiles, sorted. They are served when no profile is named. */
export function builtInProfiles(): string[] {
  return idsIn(PROFILES_DIRECTORY);
}

/** Ids of the profiles in the catalogue, sorted. */
export function catalogueProfiles(): string[] {
  return existsSync(CATALOGUE_DIRECTORY) ? idsIn(CATALOGUE_DIRECTORY) : [];
}

function idsIn(directory: string): string[] {
  return readdirSync(directory)
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
    { code: 'profile/unknown', file: isPath ? reference : '', line: 1, col: 1, path: '', problem, fix },
  ]);
}

/** The file that an id or a path refers to, whether or not it exists. */
export function profileFile(reference: string): string {
  if (isFilePath(reference)) return resolve(reference);
  const builtIn = resolve(PROFILES_DIRECTORY, `${reference}.yaml`);
  const known = resolve(CATALOGUE_DIRECTORY, `${reference}.yaml`);
  if (existsSync(builtIn)) return builtIn;
  if (existsSync(known)) return known;
  // Something of that name here, such as a folder: reading it tells what it is.
  return existsSync(reference) ? resolve(reference) : builtIn;
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
  const known = [...builtInProfiles(), ...catalogueProfiles()];
  const near = suggest(id, known);
  const list = `known: ${known.join(', ')}; or give the path of a YAML file`;
  return near.startsWith('did') ? `${near} (${list})` : list;
}
