/**
 * The position automaton (Glushkov) of a pattern: a state for each position that matches a character, and an edge for each way in which a backtracking
 * matcher can go from one to the next. Two ways between the same states count as two edges, because the matcher tries both.
 *
 * Restrictions are ignored (assertions, the outcome of a look-around), so the automaton may have more ways than a matcher, but never fewer.
 */
import type { PatternNode } from './parse.js';
import { groupsOf, hasConditionAfter, isAnchored, longest } from './shape.js';

/** The automaton of a pattern. */
export interface Automaton {
  /** By state: the character that leads to it, as the pattern writes it. The first state is the start and has none. */
  readonly labels: readonly (string | undefined)[];
  /** By state: the next states, and the number of ways (2: several) to each. */
  readonly next: readonly ReadonlyMap<number, Ways>[];
}

type Ways = 1 | 2;

/**
 * Builds the automaton; `undefined` if it is too large, or the pattern has parts of unknown cost: an unbounded look-behind, or a back reference to an
 * unbounded group.
 */
export function automatonOf(pattern: PatternNode): Automaton | undefined {
  const source = isAnchored(pattern) ? pattern : { kind: 'sequence' as const, parts: [ANYWHERE, pattern] };
  const groups = groupsOf(pattern);
  for (const exact of [true, false]) {
    const builder = new Builder(exact, groups);
    const automaton = builder.build(source);
    if (automaton) return automaton;
    if (builder.unknown) return undefined;
  }
  return undefined;
}

/** A search tries to match at every index of the text. */
const ANYWHERE: PatternNode = {
  kind: 'repeat',
  body: { kind: 'character', source: '[^]' },
  min: 0,
  max: Number.POSITIVE_INFINITY,
  lazy: true,
};

const MAX_STATES = 400;
const MAX_EDGES = 8_000;
/** If a pattern has too many states, larger repetition ranges are treated as unbounded, and larger counts are reduced to this. */
const FEW = 3;

/** A part of the pattern: its first and last states, and the number of ways (2: several) to match the empty text. */
interface Part {
  readonly empty: 0 | Ways;
  readonly first: ReadonlyMap<number, Ways>;
  readonly last: ReadonlyMap<number, Ways>;
}

class Builder {
  /** Whether the pattern has a part of unknown cost. */
  unknown = false;
  readonly #labels: (string | undefined)[] = [undefined];
  readonly #next: Map<number, Ways>[] = [new Map()];
  readonly #exact: boolean;
  readonly #groups: ReturnType<typeof groupsOf>;
  #edges = 0;

  /** @param exact whether counted repetitions are unrolled completely */
  constructor(exact: boolean, groups: ReturnType<typeof groupsOf>) {
    this.#exact = exact;
    this.#groups = groups;
  }

  build(pattern: PatternNode): Automaton | undefined {
    const part = this.#part(pattern);
    if (!part) return undefined;
    this.#connect(new Map([[0, 1]]), part.first);
    if (this.#edges > MAX_EDGES) return undefined;
    // Without a condition after the last character, a matcher that reaches it has matched, and never backtracks.
    if (!hasConditionAfter(pattern)) for (const state of part.last.keys()) this.#next[state]!.clear();
    return { labels: this.#labels, next: this.#next };
  }

  #part(node: PatternNode): Part | undefined {
    switch (node.kind) {
      case 'character':
        return this.#character(node.source);
      case 'assertion':
        return NOTHING;
      case 'sequence':
        return this.#sequence(node.parts.map((part) => () => this.#part(part)));
      case 'choice':
        return this.#choice(node.options);
      case 'group':
        return this.#part(node.body);
      case 'repeat':
        return this.#repeat(node);
      case 'look':
        return this.#look(node);
      case 'reference':
        return this.#reference(node.to);
    }
  }

  #character(source: string): Part | undefined {
    const state = this.#labels.push(source) - 1;
    if (state > MAX_STATES) return undefined;
    this.#next.push(new Map());
    return { empty: 0, first: new Map([[state, 1]]), last: new Map([[state, 1]]) };
  }

  #sequence(parts: readonly (() => Part | undefined)[]): Part | undefined {
    let whole: Part = NOTHING;
    for (const make of parts) {
      const part = make();
      if (!part || this.#edges > MAX_EDGES) return undefined;
      this.#connect(whole.last, part.first);
      whole = {
        empty: times(whole.empty, part.empty),
        first: sum(whole.first, scaled(part.first, whole.empty)),
        last: sum(part.last, scaled(whole.last, part.empty)),
      };
    }
    return whole;
  }

  #choice(options: readonly PatternNode[]): Part | undefined {
    let whole: Part | undefined;
    for (const option of options) {
      const part = this.#part(option);
      if (!part) return undefined;
      whole = whole
        ? {
            empty: plus(whole.empty, part.empty),
            first: sum(whole.first, part.first),
            last: sum(whole.last, part.last),
          }
        : part;
    }
    return whole;
  }

  #repeat({ body, min, max }: Extract<PatternNode, { kind: 'repeat' }>): Part | undefined {
    const once = () => this.#part(body);
    const least = this.#exact ? min : Math.min(min, FEW);
    const unbounded = max === Number.POSITIVE_INFINITY || (!this.#exact && max - min > FEW);
    if (least > MAX_STATES || (!unbounded && max - min > MAX_STATES)) return undefined;
    if (unbounded) {
      const before = Array.from({ length: Math.max(0, least - 1) }, () => once);
      return this.#sequence([...before, () => this.#loop(once(), least === 0)]);
    }
    // x{2,4} is xx(x(x)?)?.
    let optional: (() => Part | undefined) | undefined;
    for (let i = min; i < max; i++) {
      const rest = optional;
      optional = () => skippable(this.#sequence(rest ? [once, rest] : [once]));
    }
    const fixed = Array.from({ length: least }, () => once);
    return this.#sequence(optional ? [...fixed, optional] : fixed);
  }

  #loop(part: Part | undefined, skips: boolean): Part | undefined {
    if (!part) return undefined;
    this.#connect(part.last, part.first);
    return skips ? skippable(part) : part;
  }

  /** A back reference matches the text of the group again, or the empty text if the group did not take part. */
  #reference(to: number | string): Part | undefined {
    const group = this.#groups.get(to);
    this.unknown ||= group === undefined || longest(group) === Number.POSITIVE_INFINITY;
    return this.unknown ? undefined : skippable(this.#part(group!));
  }

  /** A look-ahead adds ways into it, but none out of it: the match continues from where it started. */
  #look({ body, ahead }: Extract<PatternNode, { kind: 'look' }>): Part | undefined {
    const part = this.#part(body);
    if (!part) return undefined;
    // A look-behind is matched backwards from the current index.
    this.unknown ||= !ahead && longest(body) === Number.POSITIVE_INFINITY;
    return this.unknown ? undefined : { empty: 1, first: part.first, last: new Map() };
  }

  #connect(from: ReadonlyMap<number, Ways>, to: ReadonlyMap<number, Ways>): void {
    for (const [state, ways] of from) {
      const next = this.#next[state]!;
      for (const [target, more] of to) {
        const known = next.get(target);
        if (known === undefined) this.#edges += 1;
        next.set(target, known === undefined ? (times(ways, more) as Ways) : 2);
        if (this.#edges > MAX_EDGES) return;
      }
    }
  }
}

const NOTHING: Part = { empty: 1, first: new Map(), last: new Map() };

/** A part that may be skipped. An iteration that matches the empty text is not made. */
function skippable(part: Part | undefined): Part | undefined {
  return part && { ...part, empty: 1 };
}

function plus(a: 0 | Ways, b: 0 | Ways): 0 | Ways {
  return Math.min(2, a + b) as 0 | Ways;
}

function times(a: 0 | Ways, b: 0 | Ways): 0 | Ways {
  return Math.min(2, a * b) as 0 | Ways;
}

function scaled(map: ReadonlyMap<number, Ways>, by: 0 | Ways): ReadonlyMap<number, Ways> {
  if (by === 0) return new Map();
  return by === 1 ? map : new Map([...map].map(([state]) => [state, 2]));
}

function sum(a: ReadonlyMap<number, Ways>, b: ReadonlyMap<number, Ways>): ReadonlyMap<number, Ways> {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const both = new Map(a);
  for (const [state, ways] of b) both.set(state, both.has(state) ? 2 : ways);
  return both;
}
