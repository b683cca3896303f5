/**
 * The path of the dashboard.
 * @module
 */
import { CONTROL_PATH } from '../routing.js';

/** Path of the dashboard, below the prefix of the sandbox. */
export const UI_PATH = `${CONTROL_PATH}/ui`;

const PATH = new RegExp(`^((?:/~[^/]*)?${UI_PATH})(?:$|/(.*)$)`);

/** Whether a path is the dashboard's, or that of one of its files. @param path with the sandbox's prefix, without query */
export function isUiPath(path: string): boolean {
  return PATH.test(path);
}

/** The parts of a path of the dashboard: that of the page, and the name of a file below it, `undefined` for the page itself. */
export function splitUiPath(path: string): { readonly page: string; readonly file: string | undefined } {
  const [, page = UI_PATH, file] = PATH.exec(path) ?? [];
  return { page, file };
}
