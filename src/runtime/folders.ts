/**
 * Creates folders for files that are written.
 * @module
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. Node's `recursive` option never returns where the parent takes no folders, as in `/proc`.
 *
 * @param created receives the created folders, also where a later one fails
 * @param mode permissions of the created folders; default: those of the process
 * @returns the created folders, outermost first
 * @throws Error of the system
 */
export function makeFolders(folder: string, created: string[] = [], mode?: number): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return created;
  const parent = dirname(folder);
  if (parent !== folder) makeFolders(parent, created, mode);
  try {
    mkdirSync(folder, mode);
    created.push(folder);
  } catch (error) {
    // Another process may have created it first.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  return created;
}
