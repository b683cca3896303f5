/**
 * Requests with one thing broken. Ajv says whether it is broken indeed.
 * @module
 */
import { isObject, type Json, type JsonObject, listOf, objectOf } from '../api/json.js';
import type { Parameter } from '../api/operation.js';
import { flatten } from '../schema/flatten.js';
import { kindOf } from './bodies.js';
import type { Draft, Purpose } from './request.js';
import type { Tools } from './valid.js';

/** A request with one thing wrong, and the field that a refusal should name. */
export interface Broken {
  readonly draft: Draft;
  readonly purpose: Extract<Purpose, { kind: 'invalid' }>;
}

const NO_NUMBER = 'not-a-number';
const NO_CHOICE = 'not-one-of-the-values';

/** Every way in which the corpus can break a valid request; each changes one thing. */
export function brokenDrafts(tools: Tools, draft: Draft): Broken[] {
  return [...brokenParameters(tools, draft), ...brokenBodies(tools, draft)];
}

function broken(draft: Draft, fault: string, field: string): Broken {
  return { draft, purpose: { kind: 'invalid', fault, field } };
}

function brokenParameters({ checks }: Tools, draft: Draft): Broken[] {
  return [...draft.values].flatMap(([parameter, value]) => {
    const { name, required, in: place, schema } = parameter;
    const found: Broken[] = [];
    const others = new Map([...draft.values].filter(([one]) => one !== parameter));
    if (required && place !== 'path')
      found.push(broken({ ...draft, values: others }, `required ${place} parameter left out`, name));
    if (typeof value === 'object' || parameter.mediaType !== undefined) return found;
    // Text is of the wrong type only where no reading of it is right.
    const wrongType = typeof value === 'number' || typeof value === 'boolean';
    const text = wrongType ? NO_NUMBER : NO_CHOICE;
    const isEnum = !wrongType && hasEnum(parameter, checks);
    if ((wrongType || isEnum) && checks.isInvalid(schema, text))
      found.push(
        broken(
          withValue(draft, parameter, text),
          `${wrongType ? 'wrong type' : 'value outside the enum'} of a ${place} parameter`,
          name,
        ),
      );
    return found;
  });
}

function hasEnum({ schema }: Parameter, checks: Tools['checks']): boolean {
  const errors = checks.errors(schema, NO_CHOICE);
  return errors?.some(({ keyword }) => keyword === 'enum' || keyword === 'const') ?? false;
}

function withValue(draft: Draft, parameter: Parameter, value: Json): Draft {
  return { ...draft, values: new Map([...draft.values, [parameter, value]]) };
}

function brokenBodies({ checks, source }: Tools, draft: Draft): Broken[] {
  const { body, operation } = draft;
  if (!body) return [];
  const found: Broken[] = [];
  if (operation.body?.required) found.push(broken({ ...draft, body: undefined }, 'required body left out', 'body'));
  const kind = kindOf(body.content.mediaType);
  if (!isObject(body.value) || kind === 'bytes' || kind === 'text') return found;
  const { schema } = flatten(source, body.content.schema, () => 0);
  const required = new Set(listOf(schema['required']).map(String));
  const add = (fault: string, name: string, value: JsonObject) => {
    if (checks.isInvalid(body.content.schema, value))
      found.push(broken({ ...draft, body: { ...body, value } }, fault, name));
  };
  for (const [name, value] of Object.entries(body.value)) {
    const { [name]: _left, ...others } = body.value;
    // The last field of a form leaves an empty body behind, which is another fault.
    if (required.has(name) && (kind === 'json' || Object.keys(others).length > 0))
      add('required body field left out', name, others);
    const wrong = wrongValue(value!, kind);
    if (wrong !== undefined) add('wrong type of a body field', name, { ...body.value, [name]: wrong });
    const property = flatten(source, objectOf(schema['properties'])[name], () => 0).schema;
    if (typeof value === 'string' && Array.isArray(property['enum']))
      add('value outside the enum of a body field', name, { ...body.value, [name]: NO_CHOICE });
  }
  return found;
}

/** A value of another type. In a form all is text, so that only numbers and truth values can be of the wrong type. */
function wrongValue(value: Json, kind: string | undefined): Json | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return NO_NUMBER;
  if (kind !== 'json') return undefined;
  return typeof value === 'string' ? { wrong: true } : NO_NUMBER;
}

/** One of each kind of fault, then more, up to `most`. */
export function choose(all: readonly Broken[], most: number, tools: Tools): Broken[] {
  const left = [...all];
  const chosen: Broken[] = [];
  const faults = new Set<string>();
  while (left.length > 0 && chosen.length < most) {
    const [next] = left.splice(tools.random.below(left.length), 1);
    if (faults.has(next!.purpose.fault)) continue;
    faults.add(next!.purpose.fault);
    chosen.push(next!);
  }
  return chosen;
}
