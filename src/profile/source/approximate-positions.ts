/**
 * Positions in a text that is too large to be parsed with positions. Each key is searched for after its parent key.
 * @module
 */
/** A position in a text. Line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly col: number;
}

/** Positions of the paths of a file. */
export interface ApproximatePositions {
  /** The position of a path; of its nearest ancestor if the path is not in the file. */
  position(path: readonly PropertyKey[]): Position;
  /** How many of the path's keys are in the file. */
  depth(path: readonly PropertyKey[]): number;
}

/** Finds the positions of paths without parsing: each key is searched for after its parent key. */
export function approximatePositions(text: string): ApproximatePositions {
  const walk = (path: readonly PropertyKey[]) => {
    let offset = 0;
    let after = 0;
    let depth = 0;
    for (const key of path) {
      // The indexes of list entries do not occur in the text.
      if (!/^\d+$/.test(String(key))) {
        const found = findKey(text, String(key), after);
        if (found < 0) break;
        offset = found;
        after = found + String(key).length + 1;
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

/** The next occurrence of the key followed by a colon, with or without quotes. */
function findKey(text: string, key: string, from: number): number {
  for (let at = text.indexOf(key, from); at >= 0; at = text.indexOf(key, at + 1)) {
    const quoted = text[at - 1] === '"' || text[at - 1] === "'";
    const after = text.slice(at + key.length, at + key.length + 3);
    if (quoted ? /^["'] ?:/.test(after) : /^ ?:/.test(after) && !/[\w-]/.test(text[at - 1] ?? ' '))
      return quoted ? at - 1 : at;
  }
  return -1;
}
