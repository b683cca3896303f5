/**
 * A backtracking matcher that counts its steps, as simple as can be: what a pattern's growth is held against.
 * @module
 */
import type { PatternNode } from '../../src/patterns/parse.js';

/** Characters looked at in the search for a match from every place of the text, or `limit`, if there would be more. */
export function stepsOf(pattern: PatternNode, text: string, limit: number): number {
  let steps = 0;
  const tests = new Map<string, RegExp>();

  function fits(source: string, at: number): boolean {
    steps += 1;
    if (steps > limit) throw new TooMany();
    const test = tests.get(source) ?? new RegExp(`^${source}$`, 'u');
    tests.set(source, test);
    return at < text.length && test.test(text[at]!);
  }

  /** Whether the node matches at a place, and what comes next does so behind it. */
  function match(node: PatternNode, at: number, next: (at: number) => boolean): boolean {
    switch (node.kind) {
      case 'character':
        return fits(node.source, at) && next(at + 1);
      case 'assertion':
        return (node.source === '^' ? at === 0 : at === text.length) && next(at);
      case 'group':
        return match(node.body, at, next);
      case 'choice':
        return node.options.some((option) => match(option, at, next));
      case 'sequence':
        return node.parts.reduceRight<(at: number) => boolean>(
          (rest, part) => (from) => match(part, from, rest),
          next,
        )(at);
      case 'repeat':
        return again(node, node.min, node.max, at, next);
      case 'look': {
        const holds = match(node.body, at, () => true);
        return holds !== node.negated && next(at);
      }
      case 'reference':
        throw new Error('no pattern here has one');
    }
  }

  function again(
    node: Extract<PatternNode, { kind: 'repeat' }>,
    min: number,
    max: number,
    at: number,
    next: (at: number) => boolean,
  ): boolean {
    const once = () =>
      max > 0 &&
      match(node.body, at, (to) => (to === at && min <= 0 ? false : again(node, min - 1, max - 1, to, next)));
    if (min > 0) return once();
    return node.lazy ? next(at) || once() : once() || next(at);
  }

  try {
    for (let at = 0; at <= text.length; at++) if (match(pattern, at, () => true)) break;
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    return limit;
  }
  return steps;
}

class TooMany extends Error {}
