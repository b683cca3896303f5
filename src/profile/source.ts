/**
 * A YAML (or JSON) file with positions: what was read, and where in the file each path stands.
 * @module
 */
import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ProfileError, type ProfileIssue } from './errors.js';

export interface Position {
  readonly line: number;
  readonly col: number;
}

export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Where the path stands; its nearest ancestor if the path is not in the file. */
  position(path: readonly PropertyKey[]): Position;
  /** How many of the path's keys are in the file. */
  depth(path: readonly PropertyKey[]): number;
}

/** @throws ProfileError when the text is not YAML */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true });
  if (document.errors.length > 0) {
    throw new ProfileError(
      document.errors.map((error): ProfileIssue => {
        const { line, col } = lines.linePos(error.pos[0]);
        const problem = `this is not valid YAML: ${error.message.replace(/\s+/g, ' ').replace(/\.$/, '')}`;
        return {
          code: 'profile/yaml',
          file,
          line,
          col,
          path: '',
          problem,
          fix: 'mend the line (indentation, quotes and colons are the usual causes)',
        };
      }),
    );
  }
  const find = (path: readonly PropertyKey[]) => walk(document, path);
  return {
    file,
    value: document.toJS({ maxAliasCount: 1_000 }),
    position(path) {
      const { offset } = find(path);
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), col: Math.max(1, col) };
    },
    depth: (path) => find(path).depth,
  };
}

function walk(document: Document.Parsed, path: readonly PropertyKey[]): { offset: number; depth: number } {
  let node: unknown = document.contents;
  let offset = start(node);
  let depth = 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!isPair(pair)) break;
      offset = start(pair.key);
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)];
      if (item === undefined) break;
      offset = start(item);
      node = item;
    } else break;
    depth += 1;
  }
  return { offset, depth };
}

function start(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
