/**
 * Which of the documented responses answers a request, and the content that it offers.
 * @module
 */
import type { OpenApiDocument } from '../document/document.js';
import { escapeKey, isObject } from '../document/json.js';
import type { Operation } from '../document/operation.js';

/** A documented response. */
export interface DocumentedResponse {
  /** The status that is sent. */
  readonly status: number;
  /** Pointer of the response object; `undefined` if the operation documents no success. */
  readonly pointer: string | undefined;
}

/**
 * The response to a request that succeeds: the lowest 2xx, else `2XX` as 200, else the lowest 3xx, else `default` as 200. A redirection goes before `default`,
 * which mostly describes errors where another response is documented. A 1xx never ends an exchange.
 */
export function successOf(document: OpenApiDocument, operation: Operation): DocumentedResponse {
  const keys = responseKeys(document, operation);
  const exact = (first: string) => keys.filter((key) => new RegExp(`^${first}\\d\\d$`).test(key)).sort()[0];
  const range = (first: string) => keys.find((key) => key.toUpperCase() === `${first}XX`);
  const chosen: readonly (readonly [key: string | undefined, status: number])[] = [
    [exact('2'), Number(exact('2'))],
    [range('2'), 200],
    [exact('3'), Number(exact('3'))],
    [range('3'), 302],
    [keys.find((key) => key === 'default'), 200],
  ];
  const [key, status] = chosen.find(([one]) => one !== undefined) ?? [undefined, 200];
  return { status, pointer: key === undefined ? undefined : pointerOfResponse(document, operation, key) };
}

/** The documented response with a status, by its number or its range. @returns `undefined` if there is none. `default` does not count: it says nothing about a status */
export function responseWith(
  document: OpenApiDocument,
  operation: Operation,
  status: number,
): DocumentedResponse | undefined {
  const keys = responseKeys(document, operation);
  const range = `${Math.floor(status / 100)}XX`;
  const key = keys.find((one) => one === String(status)) ?? keys.find((one) => one.toUpperCase() === range);
  return key === undefined ? undefined : { status, pointer: pointerOfResponse(document, operation, key) };
}

function responseKeys(document: OpenApiDocument, operation: Operation): string[] {
  const responses = document.at(`${operation.pointer}/responses`);
  return isObject(responses) ? Object.keys(responses) : [];
}

function pointerOfResponse(document: OpenApiDocument, operation: Operation, key: string): string {
  return document.target(document.canonical(`${operation.pointer}/responses/${escapeKey(key)}`));
}
