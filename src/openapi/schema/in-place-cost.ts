/**
 * How much work a schema is on one value. Schemas that name each other twice, as in `allOf: [A, A]` of which each is `allOf: [B, B]`, double it with each step, and
 * a check of forty steps would not end.
 * @module
 */
import { isObject, type Json } from '../document/json.js';
import type { JsonSchema, Schemas } from './schemas.js';

/** Evaluations on one value above which a schema is not checked. One takes some ten nanoseconds. */
export const MAX_IN_PLACE = 1_000_000;

/** Counts the evaluations that schemas make on the value that they are for, those of its parts left out. */
export class InPlaceCosts {
  readonly #known = new Map<string, number>();

  constructor(readonly schemas: Schemas) {}

  /** The evaluations of the schema at an address. Recursion without an end counts once: it overflows the stack, which is caught elsewhere. */
  at(address: string): number {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    this.#known.set(address, 1);
    const cost = this.#of(this.schemas.at(address));
    this.#known.set(address, cost);
    return cost;
  }

  #of(schema: JsonSchema | undefined): number {
    if (!isObject(schema)) return 1;
    const { $ref, allOf, anyOf, oneOf, not, if: condition, then: consequence, else: otherwise } = schema;
    let cost = typeof $ref === 'string' ? 1 + this.at($ref) : 1;
    for (const list of [allOf, anyOf, oneOf])
      for (const one of Array.isArray(list) ? (list as Json[]) : []) cost += this.#of(one as JsonSchema);
    for (const one of [not, condition, consequence, otherwise])
      if (one !== undefined) cost += this.#of(one as JsonSchema);
    return cost;
  }
}
