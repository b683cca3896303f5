/**
 * Makes values of the texts of a parameter or a form field: scalars, lists and objects, converted to the types of the schema.
 * @module
 */

import type { TextValues } from '../schema/reading/text-values.js';
import type { JsonSchema } from '../schema/schemas.js';
import { parseJson } from './body/json.js';
import { setOwn } from './own.js';
import type { Branch } from './pairs.js';

/** Makes values by the schemas of a document. */
export class Structures {
  constructor(readonly values: TextValues) {}

  /** The kinds of values that a schema allows, the most specific first. */
  kinds(schema: JsonSchema): ('array' | 'object' | 'scalar')[] {
    const types = this.values.shapes.types(schema);
    if (types === undefined) return ['scalar'];
    const kinds: ('array' | 'object' | 'scalar')[] = [];
    if (types.has('array')) kinds.push('array');
    if (types.has('object')) kinds.push('object');
    if ([...types].some((type) => type !== 'array' && type !== 'object')) kinds.push('scalar');
    return kinds;
  }

  scalar(text: string, schema: JsonSchema): unknown {
    return this.values.read(text, schema);
  }

  list(texts: readonly string[], schema: JsonSchema): unknown[] {
    return texts.map((text, i) => this.scalar(text, this.values.shapes.item(schema, i)));
  }

  object(entries: Iterable<readonly [name: string, text: string]>, schema: JsonSchema): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const [name, text] of entries)
      setOwn(object, name, this.scalar(text, this.values.shapes.property(schema, name)));
    return object;
  }

  /** The value of names with brackets. Lists are written `a[]=1`, `a[0]=1`, or by repeating the name. */
  branch({ values, children }: Branch, schema: JsonSchema): unknown {
    const { shapes } = this.values;
    if (children.size === 0) return this.repeated(values, schema);
    const keys = [...children.keys()];
    const isIndexed = keys.every((key) => /^\d*$/.test(key));
    if (isIndexed && (this.values.allows(schema, 'array') || !this.values.allows(schema, 'object'))) {
      const items: unknown[] = [];
      const inOrder = [...children].sort(([a], [b]) => Number(a) - Number(b));
      for (const [, child] of inOrder) {
        if (child.children.size > 0) items.push(this.branch(child, shapes.item(schema, items.length)));
        else for (const text of child.values) items.push(this.scalar(text, shapes.item(schema, items.length)));
      }
      return items;
    }
    const object: Record<string, unknown> = {};
    for (const [key, child] of children) setOwn(object, key, this.branch(child, shapes.property(schema, key)));
    return object;
  }

  /** The value of a name that may be repeated. */
  repeated(texts: readonly string[], schema: JsonSchema): unknown {
    const kinds = this.kinds(schema);
    if (texts.length > 1) return this.list(texts, schema);
    const [text = ''] = texts;
    const candidates: unknown[] = [];
    for (const kind of kinds) {
      if (kind === 'scalar') candidates.push(this.scalar(text, schema));
      else if (kind === 'array') candidates.push(this.list(texts, schema));
      // Clients also send JSON for a structure.
      if (kind !== 'scalar' && /^\s*[[{]/.test(text)) {
        const json = parsed(text);
        if (json !== undefined) candidates.push(json);
      }
    }
    return candidates.length === 0 ? this.scalar(text, schema) : this.values.choose(candidates, schema);
  }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
