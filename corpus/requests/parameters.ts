/**
 * Values of parameters in the styles of OpenAPI.
 * @module
 */
import { isObject, type Json, type JsonObject } from '../api/json.js';
import type { Parameter } from '../api/operation.js';

const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: '%20', pipeDelimited: '|', tabDelimited: '%09' };

/** A value as text: what has parts of its own is JSON. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Percent-encodes a value. @param reserved whether reserved characters may stay */
export function encode(text: string, reserved = false): string {
  return reserved ? encodeURI(text).replaceAll(/[#&+]/g, encodeURIComponent) : encodeURIComponent(text);
}

function pairsOf(value: JsonObject): [string, Json][] {
  return Object.entries(value).filter((pair): pair is [string, Json] => pair[1] !== undefined);
}

/** The text that takes the place of `{name}` in a path. */
export function pathText({ name, style, explode, mediaType }: Parameter, value: Json): string {
  if (mediaType !== undefined) return encode(JSON.stringify(value));
  const own = encode(name);
  const list = Array.isArray(value) ? value.map((one) => encode(textOf(one))) : undefined;
  const pairs = isObject(value) ? pairsOf(value).map(([key, one]) => [encode(key), encode(textOf(one))]) : undefined;
  const flat = (separator: string) =>
    list?.join(separator) ??
    pairs?.map((pair) => pair.join(explode ? '=' : ',')).join(separator) ??
    encode(textOf(value));
  switch (style) {
    case 'label':
      return `.${flat(explode ? '.' : ',')}`;
    case 'matrix':
      if (explode && list) return list.map((one) => `;${own}=${one}`).join('');
      if (explode && pairs) return pairs.map((pair) => `;${pair.join('=')}`).join('');
      return `;${own}=${flat(',')}`;
    default:
      return flat(',');
  }
}

/** `name=value` pairs of a query, encoded. Several for an exploded value. */
export function queryPairs(name: string, value: Json, style: string, explode: boolean): string[] {
  const own = encode(name);
  if (Array.isArray(value)) {
    const items = value.map((one: Json) => encode(textOf(one)));
    if (explode) return items.map((one) => `${own}=${one}`);
    return [`${own}=${items.join(SEPARATORS[style] ?? ',')}`];
  }
  if (isObject(value)) {
    const pairs = pairsOf(value);
    if (style === 'deepObject') return pairs.map(([key, one]) => `${own}%5B${encode(key)}%5D=${encode(textOf(one))}`);
    if (explode) return pairs.map(([key, one]) => `${encode(key)}=${encode(textOf(one))}`);
    return [
      `${own}=${pairs.flatMap(([key, one]) => [encode(key), encode(textOf(one))]).join(SEPARATORS[style] ?? ',')}`,
    ];
  }
  return [`${own}=${encode(textOf(value))}`];
}

/** The value of a header or of a cookie. */
export function plainText({ explode, mediaType }: Parameter, value: Json): string {
  if (mediaType !== undefined) return JSON.stringify(value);
  if (Array.isArray(value)) return value.map((one: Json) => textOf(one)).join(',');
  if (!isObject(value)) return textOf(value);
  return pairsOf(value)
    .map(([key, one]) => `${key}${explode ? '=' : ','}${textOf(one)}`)
    .join(',');
}

/**
 * Whether a server can read the value back as it was: what separates the parts does not stand in them, an empty list is not nothing, and there is one level
 * of parts only.
 */
export function isClear(parameter: Parameter, value: Json): boolean {
  if (value === null) return false;
  if (parameter.mediaType !== undefined)
    return !/header|cookie/.test(parameter.in) || isPrintable(JSON.stringify(value));
  const parts = Array.isArray(value) ? value : isObject(value) ? pairsOf(value).flat() : undefined;
  if (parts?.length === 0) return false;
  if (parts) {
    const deep = parameter.style === 'deepObject';
    if (
      (deep && Array.isArray(value)) ||
      parts.some((one: Json) => one === null || typeof one === 'object' || one === '')
    )
      return false;
    if (
      !deep &&
      parts.some(
        (one: Json) => (typeof one === 'string' || parameter.style === 'label') && /[,;|=\s.]/.test(textOf(one)),
      )
    )
      return false;
  }
  if (parts === undefined && value === '') return false;
  const text = textOf(value);
  switch (parameter.in) {
    case 'path':
      // A slash, even an encoded one, and dots are changed by many clients and servers.
      return (
        !/[/\\%\s]|^\.+$/.test(text) && (parameter.style === 'simple' || parts !== undefined || !/[.;,]/.test(text))
      );
    case 'header':
      return /^[\w!#$%&'*+.^`|~-]+$/.test(parameter.name) && isPrintable(text) && text.trim() === text;
    case 'cookie':
      return parts === undefined && /^[\w.:+/-]+$/.test(text);
    default:
      return true;
  }
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
