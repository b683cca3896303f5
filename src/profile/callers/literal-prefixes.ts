/**
 * What a regular expression says literally: the text that every match begins with. A credential's pattern tells its documented prefix that way
 * (`^klinky_live_.+$`: `klinky_live_`).
 * @module
 */
import { type PatternNode, parsePattern } from '../../patterns/parse.js';

/** The literal beginnings of an anchored pattern, and its groups. */
export interface LiteralPrefixes {
  /** Every text that a match may begin with, without the empty one: `^ad_(?<mode>live|test)_.+$` has `ad_live_` and `ad_test_`. Empty where the pattern begins with something variable. */
  readonly prefixes: readonly string[];
  /** Names of groups that can only match texts which the pattern spells out (`mode`). */
  readonly literalGroups: ReadonlySet<string>;
}

/** Combinations of alternatives that are told apart; a pattern with more is cut before them. */
const MAX_PREFIXES = 64;

/** The texts that a part of a pattern begins with. `whole`: they are all that it can match. */
interface LiteralPrefix {
  readonly texts: readonly string[];
  readonly whole: boolean;
}

const NOTHING: LiteralPrefix = { texts: [''], whole: true };
const VARIABLE: LiteralPrefix = { texts: [''], whole: false };

/** @param pattern source of a regular expression without flags; one that is not anchored (`^`) has no heads */
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

/** @param literalGroups gets the names of groups that are spelt out */
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
    // They take no character.
    case 'assertion':
    case 'look':
      return NOTHING;
    case 'reference':
      return VARIABLE;
  }
}

/** A letter or digit behind a backslash is a class or a code, which is taken for variable. */
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
