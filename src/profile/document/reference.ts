/**
 * Tells documents from profiles where a user may name either.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Provider } from '../compiled/provider.js';
import { ProfileError } from '../errors.js';
import { displayPath } from '../locate.js';
import { openProvider } from '../precompiled/load.js';
import { readTextFile } from '../source/read-file.js';
import { sourceOf } from '../source/source-files.js';
import { openAlone } from './alone.js';
import { kindOfText, kindOfValue } from './kind.js';
import { isUrl } from './open.js';

/** Names of files that are profiles, whatever they contain. */
const PROFILE_NAME = /\.profile\.(?:ya?ml|json)$/;

/** Whether a text is a URL, a path, or the name of a file that exists. An id of a profile is none of these. */
export function isFile(reference: string): boolean {
  return isUrl(reference) || /[\\/]|\.(?:ya?ml|json)$/.test(reference) || isThere(reference);
}

/** Whether a reference is to be opened as an OpenAPI document: a URL, or a file that is no profile. */
export function isDocument(reference: string): boolean {
  if (isUrl(reference)) return true;
  if (PROFILE_NAME.test(reference) || !isThere(reference)) return false;
  const file = resolve(reference);
  const text = readTextFile(file);
  if (typeof text !== 'string') return false;
  if (kindOfText(text)) return true;
  try {
    const { value } = sourceOf(file, displayPath(file), text);
    return kindOfValue(value)?.is !== 'profile';
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    // A file that cannot be parsed is most likely what its first key says.
    return /^\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?\d/m.test(text);
  }
}

/** Opens a profile, or a document alone. @throws ProfileError */
export function openReference(
  reference: string,
  options: { readonly variants?: readonly string[]; readonly allowRemoteRefs?: boolean } = {},
): Promise<Provider> {
  return isDocument(reference) ? openAlone(reference, options) : openProvider(reference, options);
}

function isThere(reference: string): boolean {
  return existsSync(reference) && statSync(reference).isFile();
}
