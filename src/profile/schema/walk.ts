/**
 * Finds the parts of a zod schema at a path, to list the keys and names that are valid there.
 * @module
 */
import type { z } from 'zod';

/** The parts of a zod definition that are read here. */
interface Definition {
  readonly type: string;
  readonly shape?: Record<string, z.ZodType>;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly getter?: () => z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
}

/** The keys of the map at the path. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  return schemasAt(schema, path, value).flatMap((found) => Object.keys(definition(found).shape ?? {}));
}

/** The discriminator of the map at the path, with its valid values; `undefined` if the map is not a discriminated union. */
export function optionsAt(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  value: unknown,
): { key: string; names: string[] } | undefined {
  for (const found of rawAt(schema, path, value)) {
    const { discriminator, options } = definition(found);
    if (discriminator === undefined) continue;
    const names = (options ?? []).flatMap(
      (option) => definition(definition(option).shape![discriminator]!).values ?? [],
    );
    return { key: discriminator, names: names.map(String) };
  }
  return undefined;
}

function rawAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): z.ZodType[] {
  let found = [unwrap(schema)];
  let at = value;
  for (const key of path) {
    found = found.flatMap((one) => branches(one, at)).flatMap((one) => step(one, key));
    at = at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return found.map(unwrap);
}

function schemasAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): z.ZodType[] {
  let at = value;
  for (const key of path)
    at = at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  return rawAt(schema, path, value).flatMap((one) => branches(one, at));
}

function step(schema: z.ZodType, key: PropertyKey): z.ZodType[] {
  const { shape, valueType, element } = definition(schema);
  const next = shape?.[String(key)] ?? valueType ?? element;
  return next ? [unwrap(next)] : [];
}

/** The members of a union; of a discriminated union only those that match the value. */
function branches(schema: z.ZodType, value: unknown): z.ZodType[] {
  const { options, discriminator } = definition(schema);
  if (!options) return [schema];
  const chosen =
    discriminator === undefined
      ? options
      : options.filter((option) =>
          definition(definition(option).shape![discriminator]!).values?.includes(
            (value as Record<string, unknown> | undefined)?.[discriminator],
          ),
        );
  return chosen.map(unwrap).flatMap((option) => branches(option, value));
}

function unwrap(schema: z.ZodType): z.ZodType {
  const { innerType, in: input, getter } = definition(schema);
  const inner = innerType ?? input ?? getter?.();
  return inner ? unwrap(inner) : schema;
}

function definition(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition;
}
