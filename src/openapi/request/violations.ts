/**
 * Violations: what is wrong with a request, by the document.
 * @module
 */
import type { Json } from '../document/json.js';
import type { SchemaFault } from '../schema/schema-check.js';
import { expectedOf } from './expected.js';

/** One violation of the document. */
export interface Violation {
  readonly in: 'query' | 'path' | 'header' | 'cookie' | 'body';
  /** The invalid field: `domain_id`, `leads[0].phoneNumber`, `near.lat`; empty for the body as a whole. */
  readonly field: string;
  /**
   * The JSON Schema keyword that failed, or what else is wrong:
   * `json`, `xml`, `form`, `multipart`: the text cannot be parsed;
   * `media-type`: the document has no such media type, or the Content-Encoding or charset is unknown (415). `expected` lists what is accepted;
   * `content-encoding`: the body cannot be decompressed; `charset`: it is not in the charset that it names;
   * `style`: a parameter is not serialised as documented; `encoding`: a part of a multipart body has another content type, or lacks a header.
   */
  readonly keyword: string;
  readonly message: string;
  /** The index within a list, if the field lies in one. */
  readonly index?: number;
  /** What is accepted, if that is a list or a limit: allowed values, types, media types, a minimum, a pattern. */
  readonly expected?: Json | undefined;
}

/** A place of violations. */
export type ViolationPlace = Violation['in'];

const FIELD = /\/([^/]*)/g;

/** The parameter of an error that names a property of the value. */
const NAMED: Readonly<Record<string, string>> = {
  required: 'missingProperty',
  dependentRequired: 'missingProperty',
  additionalProperties: 'additionalProperty',
  unevaluatedProperties: 'unevaluatedProperty',
  propertyNames: 'propertyName',
};

/** The violations that errors of a check are. @param prefix name of the parameter that was checked */
export function violationsOf(place: ViolationPlace, faults: readonly SchemaFault[], prefix = ''): Violation[] {
  // `if` only says that there are errors by `then` or `else`.
  const told = faults.length > 1 ? faults.filter(({ keyword }) => keyword !== 'if') : faults;
  return told.map((fault) => violationOf(place, fault, prefix));
}

/** Whether errors are about alternatives, so that few of them may help. */
export function hasAlternatives(faults: readonly SchemaFault[]): boolean {
  return faults.length > 1 && faults.some(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
}

function violationOf(place: ViolationPlace, fault: SchemaFault, prefix: string): Violation {
  const { instancePath, keyword, params, message } = fault;
  const named = Object.hasOwn(NAMED, keyword) ? params[NAMED[keyword]!] : undefined;
  const keys = [...instancePath.matchAll(FIELD)].map(([, key]) => key!.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (named !== undefined) keys.push(String(named));
  const index = keys.find((key) => /^\d+$/.test(key));
  const expected = expectedOf(fault);
  return {
    in: place,
    field: keys.reduce(
      (path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
      prefix,
    ),
    keyword,
    message:
      keyword === 'dependentRequired'
        ? `is required where ${String(params['property'])} is present`
        : (message ?? 'is invalid'),
    ...(index === undefined ? {} : { index: Number(index) }),
    ...(expected === undefined ? {} : { expected }),
  };
}
