/**
 * Whether an answer is invalid because an example of the document is.
 * @module
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { canonical, isObject, type Json, listOf, objectOf } from '../api/json.js';
import type { Content } from '../api/operation.js';
import type { Source } from '../api/source.js';

/** Of very large documents not all examples are looked for. */
const MAX_VISITS = 20_000;

/**
 * True where each error lies within a value that the document shows as an example: of the media type, or of the schema at that place. Such an answer says what
 * the document says.
 */
export function isOwnFault(source: Source, content: Content, body: Json, errors: readonly ErrorObject[]): boolean {
  let shown: Set<string> | undefined;
  return errors.every((error) => {
    if (isExampleOf(error.parentSchema, error.data)) return true;
    shown ??= structuredExamples(source, content);
    return withinShown(body, error.instancePath, shown);
  });
}

function examplesIn(schema: unknown): unknown[] {
  const { example, examples, default: usual } = objectOf(schema);
  return [example, usual, ...(isObject(examples) ? Object.values(examples) : listOf(examples))].filter(
    (one) => one !== undefined,
  );
}

function isExampleOf(schema: unknown, value: unknown): boolean {
  const text = canonical(value);
  return examplesIn(schema).some((one) => canonical(one) === text);
}

/** Whether a value on the way from the whole body down to the path is such an example. */
function withinShown(body: Json, path: string, shown: ReadonlySet<string>): boolean {
  let here: unknown = body;
  if (shown.has(canonical(here))) return true;
  for (const part of path.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    here = Array.isArray(here) ? here[Number(key)] : objectOf(here)[key];
    if (here !== undefined && shown.has(canonical(here))) return true;
  }
  return false;
}

/** Examples of the media type, and those within its schema that are objects or lists: a plain value could be the same by accident. */
function structuredExamples(source: Source, { schema, examples }: Content): Set<string> {
  const shown = new Set(examples.map(canonical));
  const seen = new Set<unknown>();
  const queue: unknown[] = [schema];
  for (let visits = 0; queue.length > 0 && visits < MAX_VISITS; visits++) {
    const next = queue.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const { $ref: reference } = objectOf(next);
    if (typeof reference === 'string') queue.push(source.at(reference));
    for (const one of examplesIn(next))
      if (typeof one === 'object' && one !== null && Object.keys(one).length > 0) shown.add(canonical(one));
    queue.push(...Object.values(next));
  }
  return shown;
}
