/**
 * Valid requests of an operation. Each value is checked by Ajv, and can be read back in one way only.
 * @module
 */
import type { Random } from '../../fuzz/random.js';
import type { Json } from '../api/json.js';
import type { Body, Content, Operation, Parameter } from '../api/operation.js';
import type { Source } from '../api/source.js';
import type { Checks } from '../schema/checks.js';
import { Maker } from '../schema/make.js';
import { isClearBody, kindOf } from './bodies.js';
import { isClear } from './parameters.js';
import type { Draft } from './request.js';
import { credentialsOf, isCredential } from './write.js';

/** Why no request could be made; each is counted and printed. */
export class CannotBuild extends Error {}

/** What valid requests are made with. */
export interface Tools {
  readonly source: Source;
  readonly checks: Checks;
  readonly random: Random;
}

/**
 * @param share of the optional parameters and properties that are sent: 0 for the smallest request
 * @throws CannotBuild
 */
export function validDraft(tools: Tools, operation: Operation, share: number): Draft {
  if (!credentialsOf(operation)) throw new CannotBuild('credentials of a kind that a request does not show');
  const values = new Map<Parameter, Json>();
  const maker = new Maker(tools.source, tools.checks, tools.random);
  const missing = [...operation.path.matchAll(/\{([^{}]*)\}/g)].find(
    ([, name]) => !operation.parameters.some((one) => one.in === 'path' && one.name === name),
  );
  if (missing) throw new CannotBuild('a path parameter that is not declared');
  for (const parameter of operation.parameters) {
    if (isCredential(operation, parameter.in, parameter.name)) continue;
    if (!parameter.required && !tools.random.chance(share)) continue;
    // An optional value that is an object or a list by parts is made whole, since it stands alone.
    const value = maker.valid(parameter.schema, share, parameter.examples, (one) => isClear(parameter, one));
    if (value !== undefined) values.set(parameter, value);
    else if (parameter.required) throw new CannotBuild(`no valid value for a required ${parameter.in} parameter`);
  }
  return { operation, values, body: bodyOf(tools, maker, operation, share) };
}

function bodyOf(tools: Tools, maker: Maker, { body, method }: Operation, share: number): Draft['body'] {
  if (!body) return undefined;
  if (method === 'GET' || method === 'HEAD') {
    if (body.required) throw new CannotBuild('a GET that requires a body');
    return undefined;
  }
  if (!body.required && share === 0) return undefined;
  for (const content of inOrder(body, tools.random)) {
    for (const tried of [share, 0]) {
      const value = bodyValue(maker, content, tried);
      if (value !== undefined) return { content, value };
    }
  }
  if (!body.required) return undefined;
  const kinds = body.contents.map(({ mediaType }) => kindOf(mediaType) ?? mediaType.split(';')[0]!);
  throw new CannotBuild(`no valid body: ${[...new Set(kinds)].join(', ')}`);
}

function bodyValue(maker: Maker, content: Content, share: number): Json | undefined {
  const kind = kindOf(content.mediaType);
  // Bytes have no schema that a value could break.
  if (kind === 'bytes') return 'corpus';
  const schema = content.schema ?? (kind === 'text' ? { type: 'string' } : true);
  return maker.valid(schema, share, content.examples, (one) => isClearBody(content, one));
}

/** The first media type mostly, and each of the others now and then. */
function inOrder({ contents }: Body, random: Random): Content[] {
  const able = contents.filter(({ mediaType }) => kindOf(mediaType) !== undefined);
  if (able.length < 2 || random.chance(0.6)) return able;
  const first = random.pick(able);
  return [first, ...able.filter((one) => one !== first)];
}
