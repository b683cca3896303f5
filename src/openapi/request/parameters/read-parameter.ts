/**
 * Reads the value of one parameter by its style and its schema.
 * @module
 */
import type { Parameter } from '../../document/operation.js';
import { contentKind } from '../../media-type.js';
import type { JsonSchema } from '../../schema/schemas.js';
import { parseJson } from '../body/json.js';
import { addTo, type Branch, decodeForm, emptyBranch, type Pair, readPairs, splitBrackets } from '../pairs.js';
import { decodePercent } from '../path-template.js';
import type { Structures } from '../structures.js';
import { type Serialisation, StyleError, scalarText, splitList, splitObject } from './styles.js';

/** Where the texts of parameters are. */
export interface ParameterSource {
  /** The parameters of the path, percent-encoded. */
  readonly path: Readonly<Record<string, string>>;
  header(name: string): string | undefined;
  /** The query's pairs, in their order. */
  readonly query: readonly Pair[];
  readonly cookies: readonly Pair[];
  readonly rawQuery: string;
}

/** A parameter and what is needed to read it. */
export interface ReadableParameter {
  readonly parameter: Parameter;
  readonly schema: JsonSchema;
  /** Names of the other parameters in the same place: an exploded object does not take their values. */
  readonly others: ReadonlySet<string>;
}

/** The value of a parameter; `undefined` if it was not sent. @throws StyleError if the text is not of its style @throws SyntaxError if it is not JSON */
export function readParameter(
  { parameter, schema, others }: ReadableParameter,
  source: ParameterSource,
  structures: Structures,
): unknown {
  const { name, mediaType } = parameter;
  switch (parameter.in) {
    case 'path': {
      const raw = Object.hasOwn(source.path, name) ? source.path[name] : undefined;
      return raw === undefined ? undefined : readOne(parameter, schema, raw, decodePercent, structures);
    }
    case 'header': {
      const raw = source.header(name.toLowerCase());
      return raw === undefined ? undefined : readOne(parameter, schema, raw, (text) => text.trim(), structures);
    }
    case 'querystring':
      return source.rawQuery === ''
        ? undefined
        : readContent(mediaType ?? FORM, schema, source.rawQuery, decodePercent, structures);
    default: {
      const pairs = parameter.in === 'query' ? source.query : source.cookies;
      return readFromPairs({ parameter, schema, others }, pairs, structures);
    }
  }
}

const FORM = 'application/x-www-form-urlencoded';

function readOne(
  parameter: Parameter,
  schema: JsonSchema,
  raw: string,
  decode: (text: string) => string,
  structures: Structures,
): unknown {
  if (parameter.mediaType !== undefined) return readContent(parameter.mediaType, schema, raw, decode, structures);
  const candidates: unknown[] = [];
  let problem: StyleError | undefined;
  for (const kind of structures.kinds(schema)) {
    try {
      if (kind === 'array')
        candidates.push(...splitList(raw, parameter, decode).map((texts) => structures.list(texts, schema)));
      else if (kind === 'object') candidates.push(structures.object(splitObject(raw, parameter, decode), schema));
      else candidates.push(structures.scalar(scalarText(raw, parameter, decode), schema));
    } catch (error) {
      if (!(error instanceof StyleError)) throw error;
      problem ??= error;
    }
  }
  if (candidates.length === 0) throw problem!;
  return structures.values.choose(candidates, schema);
}

/** The value of a parameter that is described by `content`. @throws SyntaxError if it is not JSON */
function readContent(
  mediaType: string,
  schema: JsonSchema,
  raw: string,
  decode: (text: string) => string,
  structures: Structures,
): unknown {
  const kind = contentKind(mediaType);
  if (kind === 'json') return parseJson(decode(raw));
  if (kind === 'form') return readForm(readPairs(raw), schema, structures);
  return structures.scalar(decode(raw), schema);
}

/** An object whose properties are the names of a form. */
function readForm(pairs: readonly Pair[], schema: JsonSchema, structures: Structures): unknown {
  const all = emptyBranch();
  for (const { name, value } of pairs) addTo(all, [name], value);
  return structures.branch(all, schema);
}

function readFromPairs(
  { parameter, schema, others }: ReadableParameter,
  pairs: readonly Pair[],
  structures: Structures,
): unknown {
  const { name, style, explode, mediaType } = parameter;
  if (mediaType === undefined && style === 'deepObject') {
    const branch = deepBranch(name, pairs);
    if (branch !== undefined) return structures.branch(branch, schema);
  }
  const given = pairs.filter((pair) => pair.name === name);
  const [first] = given;
  const decode = parameter.in === 'query' ? decodeForm : decodePercent;
  if (first !== undefined && (mediaType !== undefined || style === 'deepObject'))
    return mediaType === undefined
      ? structures.repeated([first.value], schema)
      : readContent(mediaType, schema, first.raw, decode, structures);
  const kinds = structures.kinds(schema);
  if (first === undefined) {
    const isSpread = mediaType === undefined && explode && style !== 'deepObject' && kinds.includes('object');
    return isSpread ? spread(pairs, schema, others, structures) : undefined;
  }
  if (given.length > 1) return readSeveral(parameter, schema, given, structures);
  if (explode && (style === 'form' || style === 'cookie')) return readExploded(schema, first, kinds, structures);
  return readOne(parameter, schema, first.raw, decode, structures);
}

function readSeveral(
  { style, explode }: Serialisation,
  schema: JsonSchema,
  given: readonly Pair[],
  structures: Structures,
): unknown {
  const isList = structures.values.allows(schema, 'array');
  if (isList && !explode)
    throw new StyleError(`must be sent once, with its items separated by "${DELIMITERS[style] ?? ','}"`);
  return structures.list(
    given.map(({ value }) => value),
    schema,
  );
}

const DELIMITERS: Readonly<Record<string, string>> = { spaceDelimited: '%20', pipeDelimited: '|' };

/** A parameter in style form, exploded, that was sent once. */
function readExploded(
  schema: JsonSchema,
  { value }: Pair,
  kinds: readonly ('array' | 'object' | 'scalar')[],
  structures: Structures,
): unknown {
  const candidates: unknown[] = [];
  for (const kind of kinds) {
    if (kind === 'scalar') candidates.push(structures.scalar(value, schema));
    else if (kind === 'array') candidates.push(...(value === '' ? [[]] : []), structures.list([value], schema));
  }
  return candidates.length === 0 ? structures.repeated([value], schema) : structures.values.choose(candidates, schema);
}

/** An exploded object: each property is a name of its own. */
function spread(
  pairs: readonly Pair[],
  schema: JsonSchema,
  others: ReadonlySet<string>,
  structures: Structures,
): unknown {
  const { shapes } = structures.values;
  const names = new Set(shapes.propertyNames(schema));
  const more = shapes.keyword(schema, 'additionalProperties');
  const isOpen = more === true || (more !== null && typeof more === 'object') || names.size === 0;
  const branch = emptyBranch();
  for (const { name, value } of pairs)
    if (names.has(name) || (isOpen && !others.has(name.replace(/\[.*$/s, '')))) addTo(branch, [name], value);
  return branch.children.size === 0 ? undefined : structures.branch(branch, schema);
}

function deepBranch(name: string, pairs: readonly Pair[]): Branch | undefined {
  let branch: Branch | undefined;
  for (const pair of pairs) {
    if (!pair.name.startsWith(`${name}[`)) continue;
    const rest = splitBrackets(`x${pair.name.slice(name.length)}`);
    if (rest === undefined) continue;
    branch ??= emptyBranch();
    addTo(branch, rest.path, pair.value);
  }
  return branch;
}
