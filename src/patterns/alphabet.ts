/**
 * Which of a pattern's characters can be the same: every character of the pattern as the set of sample characters that fit it, so that sets can be compared.
 * @module
 */

/** Samples from scripts and classes that escapes such as `\p{L}` or `\s` speak of, besides ASCII. */
const SAMPLES =
  '\u{80}\u{a0}\u{b2}\u{bd}Ééßıſ\u{300}ΩωЖжאبक中あ한\u{2002}\u{2028}\u{2029}\u{202f}€№Ⅷ∑\u{d800}\u{e000}\u{feff}\u{ffff}😀𝒳';
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const LAST = 0x10_ff_ff;

/** By character as it is written: which samples fit, a bit each. Two characters of a pattern can be the same where they have a bit in common. */
export function samplesOf(
  characters: Iterable<string>,
  pattern: string,
  unicode: boolean,
): ReadonlyMap<string, bigint> {
  const samples = [...new Set([...ASCII, ...SAMPLES, ...neighbours(pattern)])];
  return new Map(
    [...new Set(characters)].map((source) => {
      const matcher = new RegExp(`^${source}$`, unicode ? 'u' : '');
      let bits = 0n;
      for (const [i, sample] of samples.entries()) if (matcher.test(sample)) bits |= 1n << BigInt(i);
      // A set that no sample is of still is the same as itself.
      return [source, bits === 0n ? 1n << BigInt(samples.length) : bits];
    }),
  );
}

/** The characters that a pattern writes, as they are or by number, and those beside each: where its ranges begin and end. */
function neighbours(pattern: string): string[] {
  const written = pattern.matchAll(/\\u\{([\dA-Fa-f]+)\}|\\u([\dA-Fa-f]{4})|\\x([\dA-Fa-f]{2})|[^\0-\x7f]/gu);
  const codes = [...written].map(([text, braced, four, two]) => {
    const hex = braced ?? four ?? two;
    return hex === undefined ? text.codePointAt(0)! : Number.parseInt(hex, 16);
  });
  return codes.flatMap((code) =>
    [code - 1, code, code + 1].filter((one) => one >= 0 && one <= LAST).map((one) => String.fromCodePoint(one)),
  );
}
