/**
 * Splits the text of a parameter by its style (OpenAPI, "Style Values"; RFC 6570).
 * @module
 */
import type { ParameterStyle } from '../../document/operation.js';

/** How the text of a parameter is split. */
export interface Serialisation {
  readonly name: string;
  readonly style: ParameterStyle;
  readonly explode: boolean;
}

/** What a text is not, in words for an error. */
export class StyleError extends Error {
  override name = 'StyleError';
}

type Decode = (text: string) => string;

/** Splits a list. @returns the possible lists: as the style has it, then as clients write it that escape the delimiter */
export function splitList(raw: string, { name, style, explode }: Serialisation, decode: Decode): string[][] {
  const body = withoutPrefix(raw, { name, style, explode });
  if (body === '') return [[], ['']];
  if (style === 'matrix' && explode) return [body.split(';').map((part) => decode(withoutName(part, name)))];
  const delimiter = delimiterOf(style, explode);
  const parts = body.split(delimiter);
  const lists = [parts.map(decode)];
  if (parts.length === 1 && body.includes('%')) lists.push(decode(body).split(decodedDelimiter(style)));
  return lists;
}

/** Splits an object into names and values. @throws StyleError */
export function splitObject(raw: string, { name, style, explode }: Serialisation, decode: Decode): [string, string][] {
  const body = withoutPrefix(raw, { name, style, explode });
  if (body === '') return [];
  if (explode && (style === 'simple' || style === 'label' || style === 'matrix')) {
    const delimiter = style === 'simple' ? ',' : style === 'label' ? '.' : ';';
    return body.split(delimiter).map((part) => {
      const at = part.indexOf('=');
      if (at < 0) throw new StyleError(`must have the form name=value, with "${delimiter}" between properties`);
      return [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
  }
  let parts = body.split(delimiterOf(style, false)).map(decode);
  if (parts.length === 1) parts = decode(body).split(decodedDelimiter(style));
  if (parts.length % 2 !== 0)
    throw new StyleError(`must alternate names and values, with "${shownDelimiter(style)}" between them`);
  return parts.flatMap((part, i): [string, string][] => (i % 2 === 0 ? [[part, parts[i + 1]!]] : []));
}

/** The text of a scalar. @throws StyleError */
export function scalarText(raw: string, serialisation: Serialisation, decode: Decode): string {
  return decode(withoutPrefix(raw, serialisation));
}

/** The text without what label and matrix put before it. @throws StyleError */
function withoutPrefix(raw: string, { name, style, explode }: Serialisation): string {
  if (style === 'label') {
    if (!raw.startsWith('.')) throw new StyleError('must start with "." (style label)');
    return raw.slice(1);
  }
  if (style !== 'matrix') return raw;
  if (!raw.startsWith(';')) throw new StyleError(`must start with ";" (style matrix)`);
  if (explode) {
    const only = raw.slice(1);
    // A scalar is written alike, exploded or not.
    return only.includes(';') || !only.startsWith(`${name}=`) ? only : only.slice(name.length + 1);
  }
  const body = raw.slice(1);
  if (body === name) return '';
  if (!body.startsWith(`${name}=`)) throw new StyleError(`must start with ";${name}=" (style matrix)`);
  return body.slice(name.length + 1);
}

function withoutName(part: string, name: string): string {
  if (part === name) return '';
  return part.startsWith(`${name}=`) ? part.slice(name.length + 1) : part;
}

/** Spaces and pipes are always escaped, or may not be; commas and points separate only if they are not. */
function delimiterOf(style: ParameterStyle, explode: boolean): string | RegExp {
  if (style === 'spaceDelimited') return /%20|\+| /;
  if (style === 'pipeDelimited') return /\||%7C/i;
  return style === 'label' && explode ? '.' : ',';
}

function decodedDelimiter(style: ParameterStyle): string {
  return style === 'spaceDelimited' ? ' ' : style === 'pipeDelimited' ? '|' : style === 'label' ? '.' : ',';
}

function shownDelimiter(style: ParameterStyle): string {
  return style === 'spaceDelimited' ? '%20' : style === 'pipeDelimited' ? '|' : ',';
}
