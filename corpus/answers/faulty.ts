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
/** So often a part of an answer is compared with an example; what is not decided by then is not counted. */
const MAX_COMPARISONS = 1_000_000;
/** Errors that only say that an alternative does not fit; the errors within the alternatives say why. */
const ALTERNATIVES = new Set(['anyOf', 'oneOf', 'if', 'not']);

/**
 * The first error that is not within a value that the document shows as an example: of the media type, or of the schema at that place. `undefined` where each is:
 * the answer says what the document says; and where this takes more comparisons than are made.
 */
export function ownError(
  source: Source,
  content: Content,
  body: Json,
  errors: readonly ErrorObject[],
): ErrorObject | undefined {
  const telling = errors.filter(({ keyword, params }) => !ALTERNATIVES.has(keyword) && params['type'] !== 'null');
  const asked = telling.length > 0 ? telling : errors;
  const shownAt = new Set(
    errors.filter((one) => isExampleOf(one.parentSchema, one.data)).map((one) => one.instancePath),
  );
  // Alternatives give many errors at one place.
  const places = new Map<string, ErrorObject>();
  for (const one of asked) if (!places.has(one.instancePath)) places.set(one.instancePath, one);
  const budget = { comparisons: MAX_COMPARISONS };
  let examples: readonly Json[] | undefined;
  for (const [place, error] of places) {
    if (shownAt.has(place)) continue;
    examples ??= structuredExamples(source, content);
    const within = isWithinExample(body, place, examples, budget);
    if (budget.comparisons <= 0) return undefined;
    if (!within) return error;
  }
  return undefined;
}

const texts = new WeakMap<object, string>();

/** {@link canonical}, made once for each object and list: a large answer is compared with many examples. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return canonical(value);
  const text = texts.get(value) ?? canonical(value);
  texts.set(value, text);
  return text;
}

function examplesIn(schema: unknown): Json[] {
  const { example, examples, default: usual } = objectOf(schema);
  const several = isObject(examples) ? Object.values(examples) : listOf(examples);
  return [example, usual, ...several].filter((one) => one !== undefined);
}

function isExampleOf(schema: unknown, value: unknown): boolean {
  const text = textOf(value);
  return examplesIn(schema).some((one) => textOf(one) === text);
}

/** Whether a value on the way from the whole body down to the path holds an example, and the path leads into the example. */
function isWithinExample(
  body: Json,
  path: string,
  examples: readonly Json[],
  budget: { comparisons: number },
): boolean {
  const keys = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let here: unknown = body;
  for (let i = 0; i <= keys.length; i++) {
    if (here === undefined || budget.comparisons <= 0) return false;
    budget.comparisons -= examples.length;
    if (examples.some((example) => holds(here, example, keys[i]))) return true;
    here = Array.isArray(here) ? here[Number(keys[i])] : objectOf(here)[keys[i] ?? ''];
  }
  return false;
}

/** Whether a value is the example, or an object with all that the example has: a part of `allOf` may add to it. */
function holds(value: unknown, example: Json, key: string | undefined): boolean {
  if (!isObject(example) || !isObject(value)) return textOf(value) === textOf(example);
  const whole = Object.entries(example).every(([name, one]) => textOf(value[name]) === textOf(one));
  return whole && (key === undefined ? Object.keys(value).length === Object.keys(example).length : key in example);
}

/** Examples of the media type, and those within its schema that are objects or lists: a plain value could be the same by accident. */
function structuredExamples(source: Source, { schema, examples }: Content): Json[] {
  const shown = new Map([...examples, ...examples.map(parsed)].map((one) => [textOf(one), one]));
  const seen = new Set<unknown>();
  const queue: unknown[] = [schema];
  for (let visits = 0; queue.length > 0 && visits < MAX_VISITS; visits++) {
    const next = queue.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const { $ref: reference } = objectOf(next);
    if (typeof reference === 'string') queue.push(source.at(reference));
    for (const one of examplesIn(next))
      if (typeof one === 'object' && one !== null && Object.keys(one).length > 0) shown.set(textOf(one), one);
    queue.push(...Object.values(next as JsonObject));
  }
  return [...shown.values()];
}

/** An example that is written as a text of JSON, as a value: it is sent as it is. */
function parsed(example: Json): Json {
  if (typeof example !== 'string' || !/^\s*[[{]/.test(example)) return example;
  try {
    return JSON.parse(example) as Json;
  } catch {
    return example;
  }
}
