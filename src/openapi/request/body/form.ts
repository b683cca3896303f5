/**
 * Reads application/x-www-form-urlencoded bodies to the shape of their schema.
 * @module
 */
import { contentKind } from '../../media-type.js';
import type { JsonSchema } from '../../schema/schemas.js';
import { setOwn } from '../own.js';
import { addTo, type Branch, emptyBranch, readPairs, splitBrackets } from '../pairs.js';
import { StyleError, splitList, splitObject } from '../parameters/styles.js';
import type { Structures } from '../structures.js';
import type { Violation } from '../violations.js';
import type { Encoding } from './encodings.js';
import { parseJson } from './json.js';

/** Most names with values of a form. */
const MAX_FIELDS = 100_000;

/** What a form is read by. */
export interface FormReading {
  readonly schema: JsonSchema;
  readonly encodings: ReadonlyMap<string, Encoding>;
  readonly structures: Structures;
}

/** Reads a form. What is wrong with single fields is added to `violations`. */
export function readForm(text: string, reading: FormReading, violations: Violation[]): Record<string, unknown> {
  const { schema, structures } = reading;
  const { shapes } = structures.values;
  const declared = new Set(shapes.propertyNames(schema));
  const fields = emptyBranch();
  const pairs = readPairs(text, MAX_FIELDS + 1);
  if (pairs.length > MAX_FIELDS) {
    violations.push({
      in: 'body',
      field: '',
      keyword: 'form',
      message: `must not have more than ${MAX_FIELDS} fields`,
    });
    return {};
  }
  for (const { name, value } of pairs) {
    const parts = declared.has(name) ? undefined : splitBrackets(name);
    addTo(fields, parts ? [parts.root, ...parts.path] : [name], value);
  }
  gatherSpread(fields, declared, reading);
  const form: Record<string, unknown> = {};
  for (const [name, field] of fields.children) {
    try {
      setOwn(form, name, readField(field, shapes.property(schema, name), reading.encodings.get(name), structures));
    } catch (error) {
      if (!(error instanceof StyleError || error instanceof SyntaxError)) throw error;
      const keyword = error instanceof StyleError ? 'style' : 'json';
      violations.push({ in: 'body', field: name, keyword, message: error.message });
    }
  }
  return form;
}

function readField(field: Branch, schema: JsonSchema, encoding: Encoding | undefined, structures: Structures): unknown {
  const [text] = field.values;
  if (encoding === undefined || text === undefined || field.children.size > 0) return structures.branch(field, schema);
  const { style, explode, contentType } = encoding;
  // With a style, the content type is ignored.
  if (style === undefined) {
    if (contentType === undefined || contentKind(contentType) !== 'json') return structures.branch(field, schema);
    const values = field.values.map((one) => parseJson(one));
    return values.length === 1 ? values[0] : values;
  }
  if (explode || field.values.length > 1) return structures.branch(field, schema);
  const serialisation = { name: '', style, explode };
  const same = (one: string) => one;
  const kinds = structures.kinds(schema);
  if (kinds.includes('array')) {
    const lists = splitList(text, serialisation, same).map((texts) => structures.list(texts, schema));
    return structures.values.choose(
      kinds.includes('scalar') ? [...lists, structures.scalar(text, schema)] : lists,
      schema,
    );
  }
  return kinds.includes('object')
    ? structures.object(splitObject(text, serialisation, same), schema)
    : structures.scalar(text, schema);
}

/** Moves the properties of objects in style `form`, exploded, to their object: each is a field of its own. */
function gatherSpread(
  fields: Branch,
  declared: ReadonlySet<string>,
  { schema, encodings, structures }: FormReading,
): void {
  const { shapes } = structures.values;
  for (const [name, { style, explode }] of encodings) {
    const property = shapes.property(schema, name);
    if (style !== 'form' || !explode || fields.children.has(name) || !structures.kinds(property).includes('object'))
      continue;
    for (const inner of shapes.propertyNames(property)) {
      const field = declared.has(inner) ? undefined : fields.children.get(inner);
      if (field === undefined) continue;
      fields.children.delete(inner);
      for (const value of field.values) addTo(fields, [name, inner], value);
    }
  }
}
