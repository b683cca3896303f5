/**
 * The lines of a transcript that stand for what goes over the wire: `>` requests and `<` expectations.
 * @module
 */
import type { Expectation, Fail, JsonValue, Kept, Sent } from './scenario.js';

type Without<T> = T extends unknown ? Omit<T, 'line'> : never;

/** `GET /path?query`, then `as NAME` and `x20` in either order. */
export function parseRequest(text: string, fail: Fail): Sent {
  const [method, target, ...rest] = text.split(/\s+/);
  let times: number | undefined;
  let name: string | undefined;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    if (/^x[1-9]\d*$/.test(word) && times === undefined) times = Number(word.slice(1));
    else if (word === 'as' && name === undefined && /^[a-z][a-z-]*$/i.test(rest[i + 1] ?? '')) name = rest[++i];
    else fail(`"${word}" is not understood; after the path stand "x20" and "as name" (letters)`);
  }
  return { method: method!, target: target!, headers: [], body: undefined, times: times ?? 1, name, expect: [] };
}

const HEADER = /^([A-Za-z0-9][A-Za-z0-9-]*):\s*(.*)$/;

/** Reads `Name: value`; the value may be empty. */
export function parseHeader(text: string, fail: Fail): [name: string, value: string] {
  const [, name, value] = HEADER.exec(text) ?? fail(`"${text}" is neither a header (Name: value) nor a body ({…, […)`);
  return [name!, value!];
}

const ARTIFACTS = /^(keep|kept) ([a-z][a-z-]*)$/i;

/** `undefined` where the line is not a body. */
export function parseBody(text: string): string | Kept | undefined {
  const kept = ARTIFACTS.exec(text);
  if (kept?.[1] === 'kept') return { kept: kept[2]! };
  if (text.startsWith('{') || text.startsWith('[')) return text;
  return text.startsWith('body ') ? text.slice('body '.length) : undefined;
}

/** Reads the text after `<`. A header’s value between slashes is a regular expression. */
export function parseExpectation(text: string, fail: Fail): Without<Expectation> {
  if (/^[1-5]\d\d$/.test(text)) return { kind: 'status', status: Number(text) };
  if (text === 'closed') return { kind: 'closed' };
  if (text === 'no body') return { kind: 'no body' };
  const body = /^body\s+(=\s*)?(.*)$/.exec(text);
  if (body) return { kind: 'body', exact: body[1] !== undefined, value: parseJson(body[2]!, fail) };
  const kept = ARTIFACTS.exec(text);
  if (kept) return { kind: kept[1] as 'keep' | 'kept', name: kept[2]! };
  const absent = /^!([A-Za-z0-9-]+)$/.exec(text);
  if (absent) return { kind: 'absent', name: absent[1]! };
  const header = HEADER.exec(text);
  if (header) return { kind: 'header', name: header[1]!, value: patternOf(header[2]!, fail) ?? header[2]! };
  return fail(
    `"${text}" is no expectation; write 200, Name: value, !Name, body {…}, body = {…}, no body, keep name, kept name or closed`,
  );
}

/** JSON, with the patterns in it checked. */
export function parseJson(text: string, fail: Fail): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return fail(`is not JSON: ${(error as Error).message}`);
  }
  JSON.stringify(value, (_key, inner: JsonValue) => {
    if (typeof inner === 'string') patternOf(inner, fail);
    return inner;
  });
  return value;
}

/** The regular expression between two slashes; `undefined` for text that is none. */
export function patternOf(text: string, fail?: Fail): RegExp | undefined {
  if (!/^\/.+\/$/.test(text)) return undefined;
  try {
    return new RegExp(text.slice(1, -1));
  } catch (error) {
    return fail?.(`${text} is no regular expression: ${(error as Error).message}`);
  }
}
