/**
 * Writes values as CSV (RFC 4180).
 * @module
 */
import { isObject, type Json } from '../../document/json.js';

/** A list of objects becomes a table with a line of names; a list of lists, its rows; anything else, one cell. */
export function writeCsv(value: Json): string {
  const rows = Array.isArray(value) ? value : [value];
  const names = [...new Set(rows.flatMap((row) => (isObject(row) ? Object.keys(row) : [])))];
  const lines = rows.map((row) =>
    (isObject(row) ? names.map((name) => row[name] ?? null) : Array.isArray(row) ? row : [row]).map(cell).join(','),
  );
  return [...(names.length === 0 ? [] : [names.map(cell).join(',')]), ...lines].map((line) => `${line}\r\n`).join('');
}

function cell(value: Json): string {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
