/**
 * Where the package lies. The one module that may tell by its own place: what is built is put together in files right below `dist`, as this one lies right below `src`.
 * @module
 */
import { fileURLToPath } from 'node:url';

/** The path of a file or folder of the package: `profiles/`. */
export function packaged(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
