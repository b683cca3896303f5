/**
 * Properties of a pattern's tree: whether it is anchored, how long its matches can be, whether it has conditions.
 * @module
 */
import type { PatternNode } from './parse.js';

/** Whether a pattern can only match at the beginning of the text. */
export function isAnchored(node: PatternNode): boolean {
  switch (node.kind) {
    case 'assertion':
      return node.source === '^';
    case 'sequence': {
      const first = node.parts.find((part) => part.kind !== 'look');
      return first !== undefined && isAnchored(first);
    }
    case 'choice':
      return node.options.every(isAnchored);
    case 'group':
      return isAnchored(node.body);
    case 'repeat':
      return node.min > 0 && isAnchored(node.body);
    default:
      return false;
  }
}

/** Whether a pattern has an assertion or a look-around, other than an assertion at its very beginning. */
export function hasConditionAfter(node: PatternNode, atBeginning = true): boolean {
  switch (node.kind) {
    case 'assertion':
    case 'look':
      return !(atBeginning && node.kind === 'assertion');
    case 'sequence':
      return node.parts.some((part, i) => hasConditionAfter(part, atBeginning && i === 0));
    case 'choice':
      return node.options.some((option) => hasConditionAfter(option, atBeginning));
    case 'group':
      return hasConditionAfter(node.body, atBeginning);
    case 'repeat':
      return hasConditionAfter(node.body, false);
    default:
      return false;
  }
}

/** The maximal number of characters that a pattern can match. */
export function longest(node: PatternNode): number {
  switch (node.kind) {
    case 'character':
      return 1;
    case 'sequence':
      return node.parts.reduce((length, part) => length + longest(part), 0);
    case 'choice':
      return Math.max(...node.options.map(longest));
    case 'group':
      return longest(node.body);
    case 'repeat': {
      const length = longest(node.body);
      return length === 0 ? 0 : length * node.max;
    }
    case 'reference':
      return Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}

/** The bodies of all capturing groups, by number and by name. */
export function groupsOf(node: PatternNode, found = new Map<number | string, PatternNode>()): typeof found {
  if (node.kind === 'group' && node.number !== undefined) found.set(node.number, node.body);
  if (node.kind === 'group' && node.name !== undefined) found.set(node.name, node.body);
  const inner =
    node.kind === 'sequence' ? node.parts : node.kind === 'choice' ? node.options : 'body' in node ? [node.body] : [];
  for (const one of inner) groupsOf(one, found);
  return found;
}
