/**
 * Makes values that are valid by converted schemas.
 *
 * A value is put together from the schemas that hold at its place. Where a schema has alternatives, they are tried in order, and a value that violates `oneOf`,
 * `not`, `if` or `contains` is made again in another variant. The work is bounded: beyond the bounds the nearest value is made.
 * @module
 */
import type { Json, JsonObject } from '../document/json.js';
import { contentKind } from '../media-type.js';
import type { JsonSchema, Schemas } from '../schema/schemas.js';
import { type Conjunction, conjoin, typesOf, valuesOf } from './conjunction.js';
import { Evaluator } from './evaluate.js';
import { exampleCandidates } from './examples.js';
import { type Facets, facetsOf } from './facets.js';
import { makeList } from './lists.js';
import { makeMap } from './maps.js';
import { makeNumber } from './numbers.js';
import { FAILED, type Made, type MakerOptions, type PartMaker, type Place } from './place.js';
import { makeText, nearestText } from './texts.js';

/** Steps of one maker. A step takes some hundredths of a millisecond. */
const MAX_STEPS = 20_000;
/** Values that are nested deeper are not made. */
const MAX_DEPTH = 200;
/** Evaluations of schemas. */
const MAX_EVALUATIONS = 400_000;
/** About how many values are made in all, if the schema does not require more. */
const ALLOWANCE = 300;
/** Variants that are tried for a value that violates what cannot be put together directly. */
const VARIANTS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Makes values for the schemas of one document. One maker is for one value. */
export class Maker implements PartMaker {
  readonly evaluator: Evaluator;
  readonly unicode: boolean;
  #steps = 0;

  constructor(
    readonly schemas: Schemas,
    readonly options: MakerOptions,
  ) {
    this.evaluator = new Evaluator(schemas, MAX_EVALUATIONS);
    this.unicode = schemas.document.dialect === 'json-schema';
  }

  /** Whether the work was ended by its bounds, so that another attempt would fail as well. */
  get isExhausted(): boolean {
    return this.#steps > MAX_STEPS || this.evaluator.isExhausted;
  }

  /** Makes the whole value for a schema. @param name what the value is, for realism @param variant see `Place` */
  whole(schema: JsonSchema, name: string, variant: number): Made {
    return this.make([schema], { name, ordinal: 0, variant, path: new Map(), allowance: ALLOWANCE, depth: 0 });
  }

  /** Makes a value for which all schemas hold. */
  make(roots: readonly JsonSchema[], place: Place): Made {
    if (!this.#step() || place.depth > MAX_DEPTH) return this.options.lenient ? this.#simplest(roots) : FAILED;
    const conjunction = conjoin(this.schemas, roots);
    const example = this.#example(roots, conjunction.parts, place);
    if (example !== FAILED) return example;
    const value = this.#solve(roots, conjunction, place);
    return value === FAILED && this.options.lenient ? this.#simplest(roots) : value;
  }

  /** The place of a part of a value. */
  below(place: Place, name: string, share: number, ordinal = place.ordinal): Place {
    return { ...place, name, ordinal, allowance: place.allowance * share, depth: place.depth + 1, isNew: undefined };
  }

  #step(): boolean {
    this.#steps += 1;
    return this.#steps <= MAX_STEPS;
  }

  /** Makes the choices, then the value. */
  #solve(roots: readonly JsonSchema[], conjunction: Conjunction, place: Place): Made {
    if (conjunction.isImpossible && !this.options.lenient) return FAILED;
    if (!this.#step()) return FAILED;
    const path = this.#entered(conjunction, place.path);
    if (path === undefined) return FAILED;
    const [choice] = conjunction.choices;
    if (choice === undefined) return this.#build(roots, conjunction, { ...place, path });
    for (const alternative of choice) {
      const value = this.#solve(roots, conjoin(this.schemas, alternative, conjunction, 1), place);
      if (value !== FAILED) return value;
    }
    return FAILED;
  }

  /** The path with the references of a conjunction; `undefined` if one of them has been entered too often. */
  #entered({ addresses }: Conjunction, path: Place['path']): Place['path'] | undefined {
    if (addresses.size === 0) return path;
    const next = new Map(path);
    for (const [address, via] of addresses) {
      const count = path.get(address) ?? 0;
      // A base that several schemas share may be met again without recursion.
      if (count > this.options.repeats + (via === 'base' ? 2 : 0)) return undefined;
      next.set(address, count + 1);
    }
    return next;
  }

  #build(roots: readonly JsonSchema[], conjunction: Conjunction, place: Place): Made {
    const { parts, isHard, exclusive } = conjunction;
    const isValid = (value: Json) => roots.every((root) => this.evaluator.isValid(root, value));
    const isExclusive = (value: Json) =>
      exclusive.every((group) => group.filter((one) => this.evaluator.isValid(one, value)).length === 1);
    const example = this.#example(roots, parts, place);
    if (example !== FAILED) return example;
    if (!isHard) return this.#once(conjunction, place);
    let failures = 0;
    let nearest: Made = FAILED;
    let ambiguous: Made = FAILED;
    for (const variant of VARIANTS) {
      const value = this.#once(conjunction, { ...place, variant: place.variant + variant });
      if (value === FAILED) {
        failures += 1;
        // What fails with and without optional properties fails in each variant.
        if (failures > 1) break;
        continue;
      }
      if (isValid(value)) {
        if (isExclusive(value)) return value;
        if (ambiguous === FAILED) ambiguous = value;
      }
      if (nearest === FAILED) nearest = value;
    }
    if (ambiguous !== FAILED) return ambiguous;
    return this.options.lenient ? nearest : FAILED;
  }

  /** An example or default of the document that is valid. */
  #example(roots: readonly JsonSchema[], parts: readonly JsonObject[], place: Place): Made {
    const { ordinal, variant, isNew = isAny } = place;
    if (variant !== 0) return FAILED;
    for (const candidate of exampleCandidates(this.schemas, parts, ordinal))
      if (isNew(candidate) && roots.every((root) => this.evaluator.isValid(root, candidate)))
        return structuredClone(candidate);
    return FAILED;
  }

  #once({ parts }: Conjunction, place: Place): Made {
    const { isNew = isAny } = place;
    const isValid = (value: Json) => parts.every((part) => this.#holdsDirectly(part, value));
    const listed = valuesOf(parts);
    if (listed !== undefined) {
      const valid = listed.slice(0, 1_000).filter(isValid);
      const first = (place.ordinal + place.variant) % valid.length;
      const value = [...valid.slice(first), ...valid.slice(0, first)].find(isNew);
      return value === undefined ? FAILED : structuredClone(value);
    }
    const holds = (value: Json) => isNew(value) && isValid(value);
    const facets = facetsOf(parts);
    for (const type of this.#types(parts, place)) {
      const value = this.#ofType(type, parts, facets, place, holds);
      if (value !== FAILED) return value;
    }
    return FAILED;
  }

  #types(parts: readonly JsonObject[], place: Pick<Place, 'depth'>): readonly string[] {
    const types = typesOf(parts) ?? likelyTypes(parts, place);
    if (types.length > 0 || !this.options.lenient) return types;
    // The schemas contradict each other. The first one counts.
    for (const part of parts) {
      const own = typesOf([part]);
      if (own !== undefined && own.length > 0) return own;
    }
    return types;
  }

  /** Whether a scalar is valid by a schema, apart from its choices, which are made already. */
  #holdsDirectly(part: JsonObject, value: Json): boolean {
    const { $ref: _reference, allOf: _all, anyOf: _any, oneOf: _one, if: _if, then: _then, else: _else, ...own } = part;
    return this.evaluator.isValid(own, value);
  }

  #ofType(
    type: string,
    parts: readonly JsonObject[],
    facets: Facets,
    place: Place,
    holds: (value: Json) => boolean,
  ): Made {
    const { name, ordinal, variant } = place;
    switch (type) {
      case 'object':
        return makeMap(this, parts, facets, place);
      case 'array':
        return makeList(this, parts, facets, place);
      case 'string': {
        const json = this.#jsonText(parts, place);
        if (json !== undefined && holds(json)) return json;
        const wish = { name, ordinal, variant, unicode: this.unicode };
        return makeText(facets, wish, holds) ?? (this.options.lenient ? nearestText(facets, wish) : FAILED);
      }
      case 'integer':
      case 'number':
        return makeNumber(facets, { name, ordinal, variant, isInteger: type === 'integer' }, holds) ?? FAILED;
      case 'boolean':
        return (
          [true, false]
            .slice((ordinal + variant) % 2)
            .concat(true)
            .find(holds) ?? FAILED
        );
      default:
        return holds(null) ? null : FAILED;
    }
  }

  /** A text that has JSON by a schema of its own: `contentMediaType` with `contentSchema`. */
  #jsonText(parts: readonly JsonObject[], place: Place): string | undefined {
    const described = parts.find(
      ({ contentMediaType: type, contentSchema }) =>
        contentSchema !== undefined && typeof type === 'string' && contentKind(type) === 'json',
    );
    if (described === undefined) return undefined;
    const value = this.make([described['contentSchema'] as JsonSchema], this.below(place, place.name, 1));
    return value === FAILED ? undefined : JSON.stringify(value);
  }

  /** A value of the right type without content, where no better one can be made. */
  #simplest(roots: readonly JsonSchema[]): Json {
    const { parts } = conjoin(this.schemas, roots);
    const [value] = valuesOf(parts) ?? [];
    if (value !== undefined) return value;
    const SIMPLEST: Readonly<Record<string, Json>> = {
      object: {},
      array: [],
      string: '',
      integer: 0,
      number: 0,
      boolean: true,
    };
    return SIMPLEST[this.#types(parts, { depth: 0 })[0] ?? 'null'] ?? null;
  }
}

const isAny = () => true;

const OBJECT_KEYWORDS = [
  'properties',
  'additionalProperties',
  'patternProperties',
  'required',
  'minProperties',
  'propertyNames',
  'unevaluatedProperties',
];
const LIST_KEYWORDS = ['items', 'prefixItems', 'minItems', 'contains', 'uniqueItems', 'maxItems'];
const TEXT_KEYWORDS = ['pattern', 'minLength', 'maxLength', 'format'];
const NUMBER_KEYWORDS = ['minimum', 'maximum', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum'];

/** The order in which types are tried for schemas that name none: first those that their keywords are for. */
function likelyTypes(parts: readonly JsonObject[], { depth }: Pick<Place, 'depth'>): string[] {
  const has = (keywords: readonly string[]) => parts.some((part) => keywords.some((key) => part[key] !== undefined));
  const likely: string[] = [];
  if (has(OBJECT_KEYWORDS)) likely.push('object');
  if (has(LIST_KEYWORDS)) likely.push('array');
  if (has(TEXT_KEYWORDS)) likely.push('string');
  if (has(NUMBER_KEYWORDS)) likely.push('number');
  // A whole body without a type is most likely an object, a property a text.
  const others = depth === 0 ? ['object', 'string'] : ['string', 'object'];
  return [...new Set([...likely, ...others, 'integer', 'number', 'boolean', 'array', 'null'])];
}
