/**
 * Folders to write to.
 * @module
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those around it, where they do not exist. Node's own way (`recursive`) never returns where the parent takes no folders, as in `/proc`.
 *
 * @returns those that were made, the outermost first. @throws Error of the system; then it has made nothing, or what `made` got
 */
export function makeFolders(folder: string, made: string[] = []): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return made;
  const parent = dirname(folder);
  if (parent !== folder) makeFolders(parent, made);
  try {
    mkdirSync(folder);
    made.push(folder);
  } catch (error) {
    // Another process may have been quicker.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  return made;
}
