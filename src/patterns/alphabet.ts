/**
 * Represents each character of a pattern by the set of sample characters that it matches, so that such sets can be compared.
 * @module
 */

/** Samples from scripts and classes of escapes such as `\p{L}` or `\s`, besides ASCII. */
const SAMPLES =
  '\u{80}\u{a0}\u{b2}\u{bd}Ééßıſ\u{300}ΩωЖжאبक中あ한\u{2002}\u{2028}\u{2029}\u{202f}€№Ⅷ∑\u{d800}\u{e000}\u{feff}\u{ffff}😀𝒳';
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const LAST = 0x10_ff_ff;

/** By character as it is written: the samples that it matches, as a bit set. Two characters of a pattern can match the same text if their sets intersect. */
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
      // A set without samples still intersects with itself.
      return [source, bits === 0n ? 1n << BigInt(samples.length) : bits];
    }),
  );
}

/** The characters in a pattern, literal or by number, with their neighbours: the bounds of its ranges. */
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
