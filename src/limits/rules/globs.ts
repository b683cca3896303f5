/**
 * Globs: patterns in which `*` matches any run of characters.
 * @module
 */

/** Compiles a pattern in which `*` matches any run of characters. Matching takes at most pattern length × text length steps; a `RegExp` could take exponentially many. */
export function globPattern(glob: string): { test(text: string): boolean } {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return { test: (text) => text === first };
  return {
    test(text) {
      const end = text.length - last.length;
      if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
      let at = first.length;
      for (const part of rest) {
        const found = text.indexOf(part, at);
        if (found < 0 || found + part.length > end) return false;
        at = found + part.length;
      }
      return true;
    },
  };
}
