/**
 * Writes objects as forms: URL-encoded, and in parts.
 * @module
 */
import { isObject, type Json } from '../../document/json.js';

/** Separates the parts of a multipart body. */
export const BOUNDARY = 'mock429-part';

/** `a=1&b=2`. Lists repeat their name; objects are JSON. */
export function writeForm(value: Json): string {
  const form = new URLSearchParams();
  for (const [name, one] of fieldsOf(value)) form.append(name, textOf(one));
  return form.toString();
}

/** A part for each property. @param isForm whether the parts are fields of a form */
export function writeMultipart(value: Json, isForm: boolean): string {
  const parts = fieldsOf(value).map(([name, one]) => {
    const type = one !== null && typeof one === 'object' ? 'Content-Type: application/json\r\n' : '';
    const disposition = isForm ? `Content-Disposition: form-data; name="${name.replaceAll('"', '%22')}"\r\n` : '';
    return `--${BOUNDARY}\r\n${disposition}${type}\r\n${textOf(one)}\r\n`;
  });
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
}

function fieldsOf(value: Json): (readonly [name: string, value: Json])[] {
  if (!isObject(value)) return [['value', value]];
  return Object.entries(value).flatMap(([name, one]) =>
    Array.isArray(one) ? one.map((item) => [name, item] as const) : [[name, one] as const],
  );
}

function textOf(value: Json): string {
  return value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
