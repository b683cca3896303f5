/**
 * The operations of a document of any version.
 * @module
 */
import { operationsOf3 } from './openapi3.js';
import type { Operation } from './operation.js';
import type { Source } from './source.js';
import { operationsOf2 } from './swagger2.js';

/** The operations of a document of any version. */
export function operationsOf(source: Source): Operation[] {
  return source.dialect === '2.0' ? operationsOf2(source) : operationsOf3(source);
}
