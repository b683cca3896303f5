/**
 * Finds the numbers of a text that JavaScript may not hold, with all their digits.
 * @module
 */
/** A number with 16 digits, or with an exponent of three, or hexadecimal. */
const ANY = /[\s:[,-][-+]?(?:\d[\d.]{15}|[\d.]+[eE]\+?\d{3}|0[xo]\w{11})/;
/** A number with 16 digits, or with an exponent. */
const LONG = /^-?(?=.*(?:\d.?){16}|.*e)\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i;
/** A text or a number of JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.]*(?:[eE][-+]?\d+)?/g;
/** A line of YAML that ends with a number. */
const LINE =
  /^[ \t]*(?:- +)*(?:(?:[\w$./-]+|"[^"\n]*"|'[^'\n]*') *: +)?([-+]?[\d.]+(?:[eE][-+]?\d+)?)[ \t]*(?:#.*)?\r?$/gm;

/** Whether a text may have a long number. Most texts have none, and are not searched further. */
export function mayHaveLongNumbers(text: string): boolean {
  return ANY.test(text);
}

/** The long numbers of a text that is JSON, or YAML that is too large to be parsed with positions. Of the latter, numbers within braces are not found. */
export function longNumbersOf(text: string): string[] {
  if (!mayHaveLongNumbers(text)) return [];
  const found = /^\s*\{/.test(text)
    ? (text.match(TOKEN) ?? []).filter((token) => !token.startsWith('"'))
    : [...text.matchAll(LINE)].map(([, number]) => number!);
  return found.map(longNumber).filter((number) => number !== undefined);
}

/** A number of YAML as JSON writes it; `undefined` if it is not long. */
export function longNumber(source: string): string | undefined {
  const number = asJson(source);
  return LONG.test(number) ? number : undefined;
}

/** A number of YAML as JSON writes it: without `+`, without zeros before it, and decimal. */
function asJson(source: string): string {
  if (/^0[xo]\w+$/.test(source)) return String(BigInt(source));
  return source
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=e|$)/i, '');
}
