/**
 * Parses a YAML or JSON file with the position of each path.
 * @module
 */
import { createRequire } from 'node:module';
import type { Alias, Document, LineCounter, Node, Scalar } from 'yaml';
import { ProfileError, suggest } from '../errors.js';
import { type ApproximatePositions, approximatePositions, type Position } from './approximate-positions.js';
import { largeFault, parseFast } from './fast-parse.js';
import { longNumber, longNumbersOf, mayHaveLongNumbers } from './long-numbers.js';
import { isDeepTree, MAX_DEPTH, nestingOf } from './nesting.js';

const require = createRequire(import.meta.url);
/** Loaded lazily: only if a file must be parsed in full, or for an error message. */
const yaml = () => require('yaml') as typeof import('yaml');

export type { Position } from './approximate-positions.js';

/** The value of a file, with the positions of its paths. */
export interface Source extends ApproximatePositions {
  readonly file: string;
  readonly value: unknown;
  /** Its numbers that JavaScript may not hold, with all their digits. Default: it has none. */
  readonly longNumbers?: (() => readonly string[]) | undefined;
}

/** Characters of the largest text that is parsed with positions, which takes a hundred times as much memory. */
const MAX_FULL = 16_000_000;

/** Characters of the largest text that is parsed a second time for the positions of its issues, which takes seconds for a larger one. */
const MAX_EXACT = 1_000_000;

/** Parses a text. @throws ProfileError if it is not YAML, is nested too deep, or contains itself */
export function parseSource(file: string, text: string): Source {
  const fast = parseFast(text);
  const source = fast ? knownSource(file, text, fast.value) : readInFull(file, text);
  // The fast parser refuses aliases.
  if (fast && !isDeepTree(source.value)) return source;
  const nesting = nestingOf(source.value);
  if (nesting.kind === 'fine') return source;
  const { kind, path } = nesting;
  const [problem, fix] =
    kind === 'endless'
      ? ['this contains itself, by an alias of one of its parents', 'remove the alias']
      : [`this is nested more than ${MAX_DEPTH} levels deep`, 'write it flatter'];
  // Avoid parsing a deeply nested text in full only for the position.
  const position = (fast ? approximatePositions(text) : source).position(path);
  // The path is omitted because it would be very long.
  throw new ProfileError([{ code: `profile/${kind}`, file, ...position, path: '', problem, fix }]);
}

/** A source whose value is already parsed. Positions are computed lazily. */
export function knownSource(file: string, text: string, value: unknown): Source {
  let positions: ApproximatePositions | undefined;
  // Positions are only needed for error messages.
  const readLazily = () => {
    positions ??= readPositions(text);
    return positions;
  };
  return {
    file,
    value,
    longNumbers: () => longNumbersOf(text),
    position: (path) => readLazily().position(path),
    depth: (path) => readLazily().depth(path),
  };
}

function readPositions(text: string): ApproximatePositions {
  if (text.length > MAX_EXACT) return approximatePositions(text);
  try {
    return positionsIn(parseWithLines(text));
  } catch {
    // JSON may be nested deeper than the YAML parser can handle.
    return approximatePositions(text);
  }
}

interface Parsed {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

function parseWithLines(text: string): Parsed {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true });
  return { document, lines };
}

function readInFull(file: string, text: string): Source {
  const issueAt = (position: Position, code: string, problem: string, fix: string) =>
    new ProfileError([{ code: `profile/${code}`, file, ...position, path: '', problem, fix }]);
  if (text.length > MAX_FULL) {
    const { problem, fix, ...position } = largeFault(text);
    throw issueAt(position, 'yaml', problem, fix);
  }
  const tooDeep = (position: Position) =>
    issueAt(position, 'too-deep', 'this is nested too deep to be read', 'write it flatter');
  let parsed: Parsed;
  try {
    parsed = parseWithLines(text);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep({ line: 1, col: 1 });
    throw error;
  }
  const { document, lines } = parsed;
  const fail = (offset: number, code: string, problem: string, fix: string) =>
    issueAt(lines.linePos(offset), code, problem, fix);
  // Only the first error, because the others are mostly consequences of it.
  const [error] = document.errors;
  if (error?.message.includes('call stack')) throw tooDeep(lines.linePos(error.pos[0]));
  if (error) {
    const problem = `this is not valid YAML: ${error.message.replace(/\s+/g, ' ').replace(/\.$/, '')}`;
    throw fail(error.pos[0], 'yaml', problem, 'mend the line (indentation, quotes and colons are the usual causes)');
  }
  const repeated = repeatedKey(document);
  if (repeated)
    throw fail(start(repeated), 'duplicate-key', `the key "${String(repeated.value)}" is there twice`, 'remove one');
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 1_000 });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep({ line: 1, col: 1 });
    const [alias, anchors] = unknownAlias(document);
    if (!alias) throw fail(0, 'yaml', `this cannot be read: ${(cause as Error).message}`, 'use fewer aliases');
    const problem = `there is no anchor "&${alias.source}" above`;
    throw fail(start(alias), 'unknown-anchor', problem, suggest(alias.source, anchors));
  }
  return { file, value, longNumbers: () => longNumbersIn(text, document), ...positionsIn(parsed) };
}

/** The long numbers of a parsed text. */
function longNumbersIn(text: string, document: Document.Parsed): string[] {
  const found: string[] = [];
  if (!mayHaveLongNumbers(text)) return found;
  yaml().visit(document, {
    Scalar(_key, { value, source }) {
      const number = typeof value === 'number' && source !== undefined ? longNumber(source) : undefined;
      if (number !== undefined) found.push(number);
    },
  });
  return found;
}

/** The first duplicate key. The library's own check compares each key with every other, which is too slow for large maps. */
function repeatedKey(document: Document.Parsed): Scalar | undefined {
  const { isScalar, visit } = yaml();
  let repeated: Scalar | undefined;
  visit(document, {
    Map(_key, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value) && key.value !== '<<') {
          repeated = key;
          return visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return repeated;
}

function positionsIn({ document, lines }: Parsed): ApproximatePositions {
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

/** The first alias without a preceding anchor, and the anchors before it. */
function unknownAlias(document: Document.Parsed): [alias: Alias | undefined, anchors: string[]] {
  const { visit } = yaml();
  const anchors = new Set<string>();
  let unknown: Alias | undefined;
  visit(document, {
    Alias(_key, node) {
      if (anchors.has(node.source)) return undefined;
      unknown = node;
      return visit.BREAK;
    },
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
  });
  return [unknown, [...anchors]];
}
