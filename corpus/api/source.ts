/**
 * A document as it was read: its text as JSON, its dialect, and its references.
 * @module
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from './json.js';

/** `2.0`, `3.0`, or `3.1`, which stands for 3.1 and later: their schemas are JSON Schema 2020-12. */
export type Dialect = '2.0' | '3.0' | '3.1';

/** A parsed document, with its local references resolved on demand. */
export class Source {
  readonly dialect: Dialect;

  /** @throws where it is no document of a known version */
  constructor(readonly root: JsonObject) {
    const { swagger, openapi } = root;
    if (String(swagger).startsWith('2')) this.dialect = '2.0';
    else if (String(openapi).startsWith('3.0')) this.dialect = '3.0';
    else if (String(openapi).startsWith('3.')) this.dialect = '3.1';
    else throw new Error('neither Swagger 2.0 nor OpenAPI 3');
  }

  /** What a local reference leads to; `undefined` where there is nothing, or where the reference leads out of the document. */
  at(reference: string): Json | undefined {
    if (reference !== '#' && !reference.startsWith('#/')) return undefined;
    let here: Json | undefined = this.root;
    for (const part of reference.split('/').slice(1)) {
      const key = unescapePart(part);
      if (Array.isArray(here)) here = (here as readonly Json[])[Number(key)];
      else if (isObject(here) && Object.hasOwn(here, key)) here = here[key];
      else return undefined;
    }
    return here;
  }

  /** The object that it is, or that its references lead to. `undefined` for anything else, and for references in a circle. */
  follow(value: unknown): JsonObject | undefined {
    let here = value;
    for (let steps = 0; steps < 32; steps++) {
      if (!isObject(here)) return undefined;
      const reference: unknown = here['$ref'];
      if (typeof reference !== 'string') return here;
      here = this.at(reference);
    }
    return undefined;
  }
}

function unescapePart(part: string): string {
  let text = part;
  try {
    text = decodeURIComponent(part);
  } catch {
    // A "%" that encodes nothing stands for itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Reads a JSON or YAML file. @throws where it cannot be parsed, or is no document of a known version */
export function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const root: unknown = file.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: -1 });
  if (!isObject(root)) throw new Error('not an object');
  return new Source(root);
}
