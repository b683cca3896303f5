/**
 * A YAML (or JSON) file with positions: what was read, and where in the file each path stands.
 * @module
 */
import { createRequire } from 'node:module';
import type { Alias, Document, LineCounter, Node } from 'yaml';
import { ProfileError, suggest } from './errors.js';
import { quickValue } from './quick.js';

const require = createRequire(import.meta.url);
/** Only where there is something to read, or to tell. */
const yaml = () => require('yaml') as typeof import('yaml');

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
  const quick = quickValue(text);
  return quick ? knownSource(file, text, quick.value) : readInFull(file, text);
}

/** A source whose value is known. */
export function knownSource(file: string, text: string, value: unknown): Source {
  let places: Places | undefined;
  // Mostly nobody asks: positions are for telling what is wrong.
  const placed = () => {
    places ??= placesIn(parseWithLines(text, false));
    return places;
  };
  return {
    file,
    value,
    position: (path) => placed().position(path),
    depth: (path) => placed().depth(path),
  };
}

interface Parsed {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

type Places = Pick<Source, 'position' | 'depth'>;

function parseWithLines(text: string, uniqueKeys: boolean): Parsed {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys, merge: true });
  return { document, lines };
}

function readInFull(file: string, text: string): Source {
  const parsed = parseWithLines(text, true);
  const { document, lines } = parsed;
  const fail = (offset: number, code: string, problem: string, fix: string) => {
    const { line, col } = lines.linePos(offset);
    return new ProfileError([{ code: `profile/${code}`, file, line, col, path: '', problem, fix }]);
  };
  // The first error only: what follows is mostly a consequence of it.
  const [error] = document.errors;
  if (error?.code === 'DUPLICATE_KEY') {
    const key = /^["']?([^"':\s]+)/.exec(text.slice(error.pos[0]))?.[1];
    throw fail(error.pos[0], 'duplicate-key', `the key "${key}" is there twice`, 'remove one');
  }
  if (error) {
    const problem = `this is not valid YAML: ${error.message.replace(/\s+/g, ' ').replace(/\.$/, '')}`;
    throw fail(error.pos[0], 'yaml', problem, 'mend the line (indentation, quotes and colons are the usual causes)');
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 1_000 });
  } catch (cause) {
    const [alias, anchors] = unknownAlias(document);
    if (!alias) throw fail(0, 'yaml', `this cannot be read: ${(cause as Error).message}`, 'use fewer aliases');
    const problem = `there is no anchor "&${alias.source}" above`;
    throw fail(start(alias), 'unknown-anchor', problem, suggest(alias.source, anchors));
  }
  return { file, value, ...placesIn(parsed) };
}

function placesIn({ document, lines }: Parsed): Places {
  return {
    position(path) {
      const { line, col } = lines.linePos(walk(document, path).offset);
      return { line: Math.max(1, line), col: Math.max(1, col) };
    },
    depth: (path) => walk(document, path).depth,
  };
}

function walk(document: Document.Parsed, path: readonly PropertyKey[]): { offset: number; depth: number } {
  const { isMap, isPair, isScalar, isSeq } = yaml();
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

/** The first alias that names no anchor above it, and the anchors that there are. */
function unknownAlias(document: Document.Parsed): [alias: Alias | undefined, anchors: string[]] {
  const { visit } = yaml();
  const anchors: string[] = [];
  let unknown: Alias | undefined;
  visit(document, {
    Alias(_key, node) {
      if (anchors.includes(node.source)) return undefined;
      unknown = node;
      return visit.BREAK;
    },
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.push(node.anchor);
    },
  });
  return [unknown, anchors];
}
