/**
 * The violations of a request in words, for answers and log lines.
 * @module
 */
import type { Violation } from '../../openapi/request/validation.js';

/** Most violations that a log line names. */
const LOGGED = 5;

const PLACES: Readonly<Record<string, string>> = {
  query: 'query parameter',
  path: 'path parameter',
  header: 'header',
  cookie: 'cookie',
  body: 'field',
};

/** A violation as a clause: `query parameter limit must be integer`, `field leads[0].phone is required`. */
export function violationInWords({ in: place, field, keyword, message }: Violation): string {
  const where = field === '' ? wholeOf(place) : `${PLACES[place] ?? place} ${field}`;
  if (keyword === 'required' && field === '') return `${where} is missing`;
  if (keyword === 'json') return `${where} is not JSON (${message})`;
  return keyword === 'required' && field !== '' ? `${where} is required` : `${where} ${message}`;
}

function wholeOf(place: string): string {
  return place === 'body' ? 'the body' : `the ${place}`;
}

/** All violations as one text for the log. Control characters of names in the request are escaped. */
export function violationsInWords(violations: readonly Violation[]): string {
  const words = violations.slice(0, LOGGED).map(violationInWords);
  const rest = violations.length - words.length;
  const text = `${words.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** The facts about violations that the template of an error may use. */
export function violationFacts(violation: Violation, violations: readonly Violation[]) {
  const others = violations.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more ${others === 1 ? 'violation' : 'violations'})`;
  const text = violationInWords(violation);
  return {
    violation: { ...violation, text: `${text.charAt(0).toUpperCase()}${text.slice(1)}${more}` },
    violations: [violation, ...violations.filter((one) => one !== violation)].map(listed),
  };
}

function listed({ in: place, field, keyword, message, expected }: Violation) {
  return { in: place, field, keyword, message, ...(expected === undefined ? {} : { expected }) };
}
