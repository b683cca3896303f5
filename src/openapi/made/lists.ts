/**
 * Makes lists.
 * @module
 */
import type { Json, JsonObject } from '../document/json.js';
import type { JsonSchema } from '../schema/schemas.js';
import { canonicalText } from './evaluate.js';
import type { Facets } from './facets.js';
import { FAILED, type Made, type PartMaker, type Place } from './place.js';

/** About how many values a list has at most, those within its items included. */
const MAX_VALUES = 20_000;
/** How many values are made for an item that must differ from the others. */
const MAX_TRIES = 64;

/** Makes a list for which all schemas hold, except for choices, which are made already. */
export function makeList(maker: PartMaker, parts: readonly JsonObject[], facets: Facets, place: Place): Made {
  const { minItems, isUnique } = facets;
  const { lenient } = maker.options;
  const first = Math.max(0, ...parts.map(({ prefixItems }) => (Array.isArray(prefixItems) ? prefixItems.length : 0)));
  const maxItems = isClosed(parts) ? Math.min(facets.maxItems, first) : facets.maxItems;
  if (minItems > maxItems && !lenient) return FAILED;
  const wanted = containedIn(parts);
  const needed = Math.max(minItems, wanted.length);
  const natural =
    place.allowance < 1 || place.variant % 2 === 1
      ? needed
      : Math.max(needed, first, 1) + (place.variant === 2 ? 2 : 0);
  const length = Math.min(natural, maxItems);
  const list: Json[] = [];
  const known = isUnique ? new Set<string>() : undefined;
  let weight = 0;
  for (let i = 0; i < length; i++) {
    // Items that `contains` asks for come last, so that those of `prefixItems` keep their places.
    const contained = wanted[i - (length - wanted.length)];
    const roots = [...schemasAt(parts, i), ...(contained === undefined ? [] : [contained])];
    const last = list.at(-1);
    const mayRepeat = !isUnique && i > first && i > 2 && contained === undefined && last !== undefined;
    const item = mayRepeat
      ? last
      : makeItem(maker, roots, known, maker.below(place, place.name, 1 / length, place.ordinal + i));
    if (item === FAILED) {
      if (i >= needed) break;
      return lenient ? list : FAILED;
    }
    // Comparing all items with each other takes Ajv longer.
    weight += mayRepeat ? weight / i : weightOf(item) * (isUnique ? 5 : 1);
    list.push(item);
    // A list that would be larger than this cannot be sent, whatever the schema asks for.
    if (weight > MAX_VALUES) return i + 1 >= needed || lenient ? list : FAILED;
  }
  return list;
}

/** Makes an item. @param known canonical texts of the items that it must differ from */
function makeItem(maker: PartMaker, roots: readonly JsonSchema[], known: Set<string> | undefined, place: Place): Made {
  const isNew = known && ((item: Json) => !known.has(canonicalText(item)));
  for (let i = 0; i <= MAX_TRIES; i++) {
    const item = maker.make(
      roots,
      i === 0
        ? { ...place, isNew }
        : { ...place, isNew, ordinal: place.ordinal + i, variant: place.variant + (i >> 4) },
    );
    if (known === undefined) return item;
    // Where there are items already, another ordinal may make a text that is new.
    if (item === FAILED && known.size > 0) continue;
    if (item === FAILED) return FAILED;
    const text = canonicalText(item);
    if (known.has(text)) continue;
    known.add(text);
    return item;
  }
  return FAILED;
}

/** Whether there may be no items besides those of `prefixItems`. */
function isClosed(parts: readonly JsonObject[]): boolean {
  return parts.some(({ items, unevaluatedItems }) => items === false || unevaluatedItems === false);
}

/** The schemas of the item at an index. */
function schemasAt(parts: readonly JsonObject[], index: number): JsonSchema[] {
  return parts.flatMap(({ prefixItems, items }) => {
    const own = (Array.isArray(prefixItems) ? prefixItems[index] : undefined) ?? items;
    return own === undefined ? [] : [own as JsonSchema];
  });
}

/** The schemas of items that `contains` asks for, each as often as it must be there. */
function containedIn(parts: readonly JsonObject[]): JsonSchema[] {
  return parts.flatMap(({ contains, minContains }) => {
    if (contains === undefined) return [];
    const count = typeof minContains === 'number' ? Math.min(minContains, 200) : 1;
    return Array.from({ length: count }, () => contains as JsonSchema);
  });
}

/** How many values a value consists of. */
function weightOf(value: Json): number {
  let weight = 0;
  const stack: Json[] = [value];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    weight += 1;
    if (next !== null && typeof next === 'object') stack.push(...Object.values(next));
    // Long texts count as well.
    else if (typeof next === 'string') weight += next.length >> 7;
  }
  return weight;
}
