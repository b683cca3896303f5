/**
 * Which errors of an answer the document itself causes, because an example in it is not valid.
 * @module
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { canonical, isObject, type Json, type JsonObject, listOf, objectOf } from '../api/json.js';
import type { Content } from '../api/operation.js';
import type { Source } from '../api/source.js';

/** Of very large documents not all examples are looked for. */
const MAX_VISITS = 20_000;
/** Errors that only say that an alternative does not fit; the errors within the alternatives say why. */
const ALTERNATIVES = new Set(['anyOf', 'oneOf', 'if', 'not']);

/**
 * The errors that are not within a value that the document shows as an example: of the media type, or of the schema at that place. An answer without any such error
 * says what the document says.
 */
export function ownErrors(source: Source, content: Content, body: Json, errors: readonly ErrorObject[]): ErrorObject[] {
  const telling = errors.filter(({ keyword, params }) => !ALTERNATIVES.has(keyword) && params['type'] !== 'null');
  const asked = telling.length > 0 ? telling : errors;
  const shownAt = new Set(
    errors.filter((one) => isExampleOf(one.parentSchema, one.data)).map((one) => one.instancePath),
  );
  let examples: readonly Json[] | undefined;
  return asked.filter(({ instancePath }) => {
    if (shownAt.has(instancePath)) return false;
    examples ??= structuredExamples(source, content);
    return !isWithinExample(body, instancePath, examples);
  });
}

function examplesIn(schema: unknown): Json[] {
  const { example, examples, default: usual } = objectOf(schema);
  const several = isObject(examples) ? Object.values(examples) : listOf(examples);
  return [example, usual, ...several].filter((one) => one !== undefined);
}

function isExampleOf(schema: unknown, value: unknown): boolean {
  const text = canonical(value);
  return examplesIn(schema).some((one) => canonical(one) === text);
}

/** Whether a value on the way from the whole body down to the path holds an example, and the path leads into the example. */
function isWithinExample(body: Json, path: string, examples: readonly Json[]): boolean {
  const keys = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let here: unknown = body;
  for (let i = 0; i <= keys.length; i++) {
    if (here === undefined) return false;
    if (examples.some((example) => holds(here, example, keys[i]))) return true;
    here = Array.isArray(here) ? here[Number(keys[i])] : objectOf(here)[keys[i] ?? ''];
  }
  return false;
}

/** Whether a value is the example, or an object with all that the example has: a part of `allOf` may add to it. */
function holds(value: unknown, example: Json, key: string | undefined): boolean {
  if (!isObject(example) || !isObject(value)) return canonical(value) === canonical(example);
  const whole = Object.entries(example).every(([name, one]) => canonical(value[name]) === canonical(one));
  return whole && (key === undefined ? Object.keys(value).length === Object.keys(example).length : key in example);
}

/** Examples of the media type, and those within its schema that are objects or lists: a plain value could be the same by accident. */
function structuredExamples(source: Source, { schema, examples }: Content): Json[] {
  const shown = new Map(examples.map((one) => [canonical(one), one]));
  const seen = new Set<unknown>();
  const queue: unknown[] = [schema];
  for (let visits = 0; queue.length > 0 && visits < MAX_VISITS; visits++) {
    const next = queue.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const { $ref: reference } = objectOf(next);
    if (typeof reference === 'string') queue.push(source.at(reference));
    for (const one of examplesIn(next))
      if (typeof one === 'object' && one !== null && Object.keys(one).length > 0) shown.set(canonical(one), one);
    queue.push(...Object.values(next as JsonObject));
  }
  return [...shown.values()];
}
