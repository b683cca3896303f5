/**
 * The formats of texts and numbers that are checked: those of `ajv-formats`, with the range of `int64`, which it does not check.
 * @module
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A format, as `ajv-formats` defines it. */
type Format =
  | true
  | RegExp
  | ((value: string) => boolean)
  | { readonly type?: 'string' | 'number'; readonly validate: RegExp | ((value: never) => boolean) };

/** The numbers that 64 bits hold. JavaScript reads the largest one as 2^63, so that is one of them. */
export const INT64 = {
  type: 'number',
  validate: (value: number) => Number.isInteger(value) && value >= -(2 ** 63) && value <= 2 ** 63,
} as const;

let formats: Readonly<Record<string, Format>> | undefined;

/** Whether a value has a format. A format that is not known, or that is for values of another type, allows everything. */
export function hasFormat(name: string, value: unknown): boolean {
  formats ??= (require('ajv-formats/dist/formats.js') as { fullFormats: Record<string, Format> }).fullFormats;
  const format = name === 'int64' ? INT64 : Object.hasOwn(formats, name) ? formats[name]! : true;
  if (format === true) return true;
  const [type, validate] =
    format instanceof RegExp || typeof format === 'function'
      ? ['string', format]
      : [format.type ?? 'string', format.validate];
  if (typeof value !== type) return true;
  return validate instanceof RegExp ? validate.test(value as string) : (validate as (value: unknown) => boolean)(value);
}
