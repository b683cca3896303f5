/**
 * The package's version.
 * @module
 */
import { createRequire } from 'node:module';
import { packaged } from '../package-root.js';

/** Version of the package, from its `package.json`. */
export const VERSION = (createRequire(import.meta.url)(packaged('package.json')) as { version: string }).version;
