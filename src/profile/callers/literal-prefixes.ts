/**
 * Extracts the literal prefixes of a regular expression: the texts that every match begins with. The pattern of a credential contains its documented prefix
 * (`^klinky_live_.+$`: `klinky_live_`).
 * @module
 */
import { type PatternNode, parsePattern } from '../../patterns/parse.js';

/** The literal prefixes of an anchored pattern, and its groups. */
export interface LiteralPrefixes {
  /** All non-empty prefixes: `^ad_(?<mode>live|test)_.+$` has `ad_live_` and `ad_test_`. Empty if the pattern begins with something variable. */
  readonly prefixes: readonly string[];
  /** Names of groups that can only match texts that the pattern spells out (`mode`). */
  readonly literalGroups: ReadonlySet<string>;
}

/** The maximal number of combinations of alternatives; a prefix ends where there would be more. */
const MAX_PREFIXES = 64;

/** The texts that a part of a pattern begins with. `whole`: the part matches nothing else. */
interface LiteralPrefix {
  readonly texts: readonly string[];
  readonly whole: boolean;
}

const NOTHING: LiteralPrefix = { texts: [''], whole: true };
const VARIABLE: LiteralPrefix = { texts: [''], whole: false };

/** Extracts the prefixes. @param pattern source of a regular expression without flags; one that is not anchored (`^`) has none */
export function literalPrefixes(pattern: string): LiteralPrefixes {
  const literalGroups = new Set<string>();
  const node = parsePattern(pattern, false);
  if (!node) return { prefixes: [], literalGroups };
  const options = node.kind === 'choice' ? node.options : [node];
  const texts = options.flatMap((option) => {
    const head = prefixOf(option, literalGroups);
    return isAnchored(option) ? head.texts : [];
  });
  return { prefixes: [...new Set(texts)].filter((text) => text !== ''), literalGroups };
}

/** @param literalGroups receives the names of groups that are spelled out */
function prefixOf(node: PatternNode, literalGroups: Set<string>): LiteralPrefix {
  switch (node.kind) {
    case 'character':
      return characterPrefix(node.source);
    case 'sequence':
      return node.parts.map((part) => prefixOf(part, literalGroups)).reduce(followedBy, NOTHING);
    case 'choice': {
      const prefixes = node.options.map((option) => prefixOf(option, literalGroups));
      return { texts: prefixes.flatMap(({ texts }) => texts), whole: prefixes.every(({ whole }) => whole) };
    }
    case 'group': {
      const head = prefixOf(node.body, literalGroups);
      if (node.name !== undefined && head.whole) literalGroups.add(node.name);
      return head;
    }
    case 'repeat': {
      const { texts, whole } = prefixOf(node.body, literalGroups);
      if (node.min > 0) return { texts, whole: whole && node.max === 1 };
      return node.max === 1 ? { texts: [...texts, ''], whole } : VARIABLE;
    }
    // They match no character.
    case 'assertion':
    case 'look':
      return NOTHING;
    case 'reference':
      return VARIABLE;
  }
}

/** A letter or digit after a backslash is a class or a code, and counts as variable. */
function characterPrefix(source: string): LiteralPrefix {
  const text = /^\\[^A-Za-z0-9]$/.test(source) ? source.slice(1) : source;
  return text.length === 1 && source !== '.' ? { texts: [text], whole: true } : VARIABLE;
}

function followedBy(head: LiteralPrefix, next: LiteralPrefix): LiteralPrefix {
  if (!head.whole || head.texts.length * next.texts.length > MAX_PREFIXES) return { texts: head.texts, whole: false };
  return { texts: head.texts.flatMap((text) => next.texts.map((more) => text + more)), whole: next.whole };
}

function isAnchored(node: PatternNode): boolean {
  const parts = node.kind === 'sequence' ? node.parts : [node];
  const first = parts.find(({ kind }) => kind !== 'look');
  return first?.kind === 'assertion' && first.source === '^';
}
