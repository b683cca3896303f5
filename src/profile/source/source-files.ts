/**
 * Reads and parses the files that the user names, each once for the same content.
 * @module
 */
import { ProfileError } from '../errors.js';
import { displayPath } from '../locate.js';
import { knownSource, parseSource, type Source } from './positions.js';
import { readTextFile } from './read-file.js';

/**
 * Is called for each file that a load reads: the profile, its OpenAPI document, and the files that the document refers to, even if the load fails.
 *
 * @param file absolute path
 * @param text its content; `undefined` if it cannot be read. The last call for a file counts
 */
export type OnRead = (file: string, text: string | undefined) => void;

/** The last parsed content of each file or URL. */
const parsedFiles = new Map<string, { text: string; source: Source }>();

/**
 * Reads and parses a file. Cached by content, because parsing dominates a load, and the same file is loaded with each variant.
 *
 * @param check looks at the text before it is parsed, and throws if it should not be
 * @throws ProfileError
 */
export function readSource(file: string, displayed: string, onRead?: OnRead, check?: (text: string) => void): Source {
  onRead?.(file, undefined);
  const text = readText(file, displayed);
  onRead?.(file, text);
  check?.(text);
  return sourceOf(file, displayed, text);
}

/** Parses the text of a file or URL. Cached by content. @throws ProfileError */
export function sourceOf(name: string, displayed: string, text: string): Source {
  const known = parsedFiles.get(name);
  if (known && known.text === text && known.source.file === displayed) return known.source;
  const source = parseSource(displayed, text);
  parsedFiles.set(name, { text, source });
  return source;
}

/** Stores the parsed value of a text, so that `readSource` does not parse it. @param value the parsed text */
export function cacheSource(file: string, text: string, value: unknown): void {
  parsedFiles.set(file, { text, source: knownSource(displayPath(file), text, value) });
}

function readText(file: string, displayed: string): string {
  const text = readTextFile(file);
  if (typeof text === 'string') return text;
  const { problem, fix, line = 1 } = text;
  throw new ProfileError([{ code: 'profile/unreadable', file: displayed, line, col: 1, path: '', problem, fix }]);
}
