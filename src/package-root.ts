/**
 * Locates the package. This is the only module that may use its own location: built files lie directly below `dist`, as this file lies directly below `src`.
 * @module
 */
import { fileURLToPath } from 'node:url';

/** Absolute path of a file or folder of the package, such as `profiles/`. */
export function packaged(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
