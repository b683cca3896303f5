/**
 * Where an error's response tells its client when to come back, if only the profile can say so: paths and formulas over the body and the header fields as they are sent.
 * @module
 */
import { dig } from '../../limits/facts.js';
import { readInstant, type TellFormat } from '../../limits/render/formats.js';
import type { HeaderFields } from '../../limits/render/header-text.js';
import { compileFormula } from '../../limits/rules/formula.js';

/** A response as it is sent. */
export interface SentResponse {
  /** The body before it is written. */
  readonly body: unknown;
  readonly headers: Readonly<HeaderFields>;
}

/** One such place. Reads the instant (epoch ms) at which the response tells its client to come back; `undefined` if it tells none. @param now epoch ms of the response */
export type Tell = (response: SentResponse, now: number) => number | undefined;

/** The roots of paths in `tells`. */
export const TELL_ROOTS = ['body', 'header'] as const;

/** Compiles the `tells` of an error. @throws FormulaError */
export function compileTells(tells: Readonly<Record<string, TellFormat>>): readonly Tell[] {
  return Object.entries(tells).map(([source, format]): Tell => {
    const formula = compileFormula(source);
    return (response, now) => {
      const stamp = formula.evaluate({ read: (path) => readSent(response, path) });
      return readInstant(format, stamp, now);
    };
  });
}

function readSent({ body, headers }: SentResponse, path: readonly string[]): unknown {
  if (path[0] === 'body') return dig(body, path, 1);
  const wanted = path.slice(1).join('.').toLowerCase();
  const name = Object.keys(headers).find((one) => one.toLowerCase() === wanted);
  return name === undefined ? undefined : [headers[name]!].flat()[0];
}
