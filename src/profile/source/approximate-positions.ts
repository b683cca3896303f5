/**
 * Where paths stand in a text that is too large to be parsed for it: each key is looked for behind the one that it lies in.
 * @module
 */
export interface Position {
  readonly line: number;
  readonly col: number;
}

/** Where the paths of a file stand in its text. */
export interface ApproximatePositions {
  /** Where the path stands; its nearest ancestor if the path is not in the file. */
  position(path: readonly PropertyKey[]): Position;
  /** How many of the path's keys are in the file. */
  depth(path: readonly PropertyKey[]): number;
}

/** Finds where paths stand in a text without parsing it: each key is searched for behind the key that it lies in. */
export function approximatePositions(text: string): ApproximatePositions {
  const walk = (path: readonly PropertyKey[]) => {
    let offset = 0;
    let behind = 0;
    let depth = 0;
    for (const key of path) {
      // Places in a list are not written.
      if (!/^\d+$/.test(String(key))) {
        const found = findKey(text, String(key), behind);
        if (found < 0) break;
        offset = found;
        behind = found + String(key).length + 1;
      }
      depth += 1;
    }
    return { offset, depth };
  };
  return {
    position(path) {
      const { offset } = walk(path);
      const before = text.lastIndexOf('\n', offset - 1);
      let line = 1;
      for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
      return { line, col: offset - before };
    },
    depth: (path) => walk(path).depth,
  };
}

/** The next place where the text is written with a colon behind it, be it in quotes. */
function findKey(text: string, key: string, from: number): number {
  for (let at = text.indexOf(key, from); at >= 0; at = text.indexOf(key, at + 1)) {
    const quoted = text[at - 1] === '"' || text[at - 1] === "'";
    const behind = text.slice(at + key.length, at + key.length + 3);
    if (quoted ? /^["'] ?:/.test(behind) : /^ ?:/.test(behind) && !/[\w-]/.test(text[at - 1] ?? ' '))
      return quoted ? at - 1 : at;
  }
  return -1;
}
