/**
 * Turns the sample of an error into a template that describes the request. A sample that says something about another request cannot be used.
 * @module
 */
import { isObject, type Json, type JsonObject } from '../../openapi/document/json.js';

/** Keys of the text for people, the most telling one first. */
const MESSAGE_KEYS = [
  ...[
    'message',
    'error_message',
    'errorMessage',
    'msg',
    'detail',
    'error_description',
    'description',
    'reason',
    'error',
  ],
];

/** Keys whose values say nothing about a request. */
const NEUTRAL_KEYS = /^(?:status|status_?code|success|ok|object|http_?status)$/i;

/** Codes and titles that hold for every request that gets the status. */
const GENERAL: Readonly<Record<number, RegExp>> = {
  400: /bad|invalid|valid|malformed|request|parameter|argument|input|error/i,
  401: /auth|token|credential|key|denied|error/i,
  404: /not.?found|no.?such|unknown|missing|error/i,
  405: /method|error/i,
  413: /large|size|big|error/i,
  422: /unprocess|invalid|valid|malformed|request|parameter|argument|input|entity|error/i,
};

/** Most characters of a code. A longer text is a sentence. */
const MAX_CODE = 40;

/** The sample with `text` in place of its message; `undefined` if it has none, or if another part of it would describe a request that was not sent. */
export function describingBody(sample: Json | undefined, status: number, text: string): JsonObject | undefined {
  if (!isObject(sample)) return undefined;
  const path = messagePath(sample);
  if (path === undefined || !isGeneral(sample, path, status)) return undefined;
  return withMessage(sample, path, text);
}

function messagePath(sample: JsonObject): string[] | undefined {
  const own = MESSAGE_KEYS.find((key) => typeof sample[key] === 'string');
  if (own !== undefined) return [own];
  for (const [key, inner] of Object.entries(sample)) {
    const path = isObject(inner) ? messagePath(inner) : undefined;
    if (path) return [key, ...path];
  }
  return undefined;
}

function isGeneral(value: JsonObject, message: readonly string[], status: number): boolean {
  return Object.entries(value).every(([key, inner]) => {
    const isOnPath = message[0] === key;
    if (isOnPath && message.length === 1) return true;
    if (isObject(inner)) return isGeneral(inner, isOnPath ? message.slice(1) : [], status);
    if (inner === null || typeof inner === 'boolean' || inner === status || NEUTRAL_KEYS.test(key)) return true;
    return typeof inner === 'string' && inner.length <= MAX_CODE && GENERAL[status]?.test(inner) === true;
  });
}

function withMessage(value: JsonObject, [key, ...inner]: readonly string[], text: string): JsonObject {
  const changed = inner.length === 0 ? text : withMessage(value[key!] as JsonObject, inner, text);
  return { ...value, [key!]: changed };
}
