/**
 * Computes how the time of a backtracking matcher can grow with the length of the text, by the ambiguity of the pattern's automaton (Weber and Seidl 1991,
 * "On the degree of ambiguity of finite automata"). With a bounded number of ways to match a text it is linear; with several cycles from a state to itself on
 * the same text it is exponential.
 */
import { samplesOf } from './alphabet.js';
import { type Automaton, automatonOf } from './automaton.js';
import { parsePattern } from './parse.js';

/**
 * How matching time grows. `linear`: proven. `polynomial`: at least quadratic, of the given degree as far as known. `exponential`: nested repetitions can
 * match the same text in several ways. `unknown`: the pattern is too large to analyse, or has parts that cannot be analysed.
 */
export type Growth =
  | { readonly kind: 'linear' | 'exponential' | 'unknown' }
  | { readonly kind: 'polynomial'; readonly degree: number };

/** Computes the growth of a pattern. @param source a valid regular expression */
export function growthOf(source: string, unicode: boolean): Growth {
  const node = parsePattern(source, unicode);
  const automaton = node && automatonOf(node);
  if (!automaton) return { kind: 'unknown' };
  const labels = automaton.labels.filter((label) => label !== undefined);
  const samples = samplesOf(labels, source, unicode);
  const bits = automaton.labels.map((label) => (label === undefined ? 0n : samples.get(label)!));
  return new Search(automaton, bits).growth();
}

/** Steps after which the analysis stops. */
const MAX_STEPS = 2_000_000;
/** Numbers of ways to match one text: more count as exponential, fewer as one. */
const MANY_WAYS = 1_000_000;
const FEW_WAYS = 2_000;
/** Maximal length of the text that is tried. A linear pattern has no more ways after as many characters as it has states. */
const MAX_TRIED_LENGTH = 200;

/** The analysis of one automaton. */
class Search {
  readonly #next: Automaton['next'];
  readonly #bits: readonly bigint[];
  /** By state: the cycle that it lies on; `undefined` if it lies on none. */
  readonly #cycles: readonly (number | undefined)[];
  #steps = 0;

  constructor({ next }: Automaton, bits: readonly bigint[]) {
    this.#next = next;
    this.#bits = bits;
    this.#cycles = cyclesOf(next.map((targets) => [...targets.keys()]));
  }

  growth(): Growth {
    const ways = this.#mostWays();
    if (ways > MANY_WAYS || this.#isExponential()) return { kind: 'exponential' };
    const degree = this.#degree();
    if (this.#steps > MAX_STEPS) return { kind: 'unknown' };
    if (degree > 1) return { kind: 'polynomial', degree };
    return ways > FEW_WAYS ? { kind: 'polynomial', degree: 2 } : { kind: 'linear' };
  }

  /** The number of ways to match a text that is built greedily: each time with the character that leaves most ways. */
  #mostWays(): number {
    const letters = distinct(this.#bits);
    let counts = new Map([[0, 1]]);
    let most = 1;
    let steps = 0;
    for (
      let i = 0;
      i < Math.min(MAX_TRIED_LENGTH, 2 * this.#next.length) && steps < MAX_STEPS / 10 && most <= MANY_WAYS;
      i++
    ) {
      let best: { counts: Map<number, number>; total: number } | undefined;
      for (const letter of letters) {
        const after = new Map<number, number>();
        let total = 0;
        for (const [state, count] of counts) {
          for (const [target, ways] of this.#next[state]!) {
            steps += 1;
            if ((this.#bits[target]! & letter) === 0n) continue;
            after.set(target, (after.get(target) ?? 0) + count * ways);
            total += count * ways;
          }
        }
        if (!best || total > best.total) best = { counts: after, total };
      }
      if (!best || best.total === 0) break;
      counts = best.counts;
      most = Math.max(most, best.total);
    }
    return most;
  }

  /** Whether two different ways lead from a state to itself on the same text. */
  #isExponential(): boolean {
    const members = new Map<number, number[]>();
    for (const [state, cycle] of this.#cycles.entries())
      if (cycle !== undefined) members.set(cycle, [...(members.get(cycle) ?? []), state]);
    for (const states of members.values()) {
      for (const state of states)
        for (const [target, ways] of this.#next[state]!)
          if (ways > 1 && this.#cycles[target] === this.#cycles[state]) return true;
      if (states.length > 1 && this.#partsAndMeets(states)) return true;
    }
    return false;
  }

  /** Whether two walks on a cycle that match the same text can diverge at a state and meet there again. */
  #partsAndMeets(states: readonly number[]): boolean {
    const size = states.length;
    const index = new Map(states.map((state, i) => [state, i]));
    const targets = states.map((state) => [...this.#next[state]!.keys()].filter((target) => index.has(target)));
    const pairs = Array.from({ length: size * size }, (_, pair): number[] => {
      const found: number[] = [];
      const [a, b] = [Math.floor(pair / size), pair % size];
      for (const left of targets[a]!)
        for (const right of targets[b]!) {
          this.#steps += 1;
          if ((this.#bits[left]! & this.#bits[right]!) !== 0n) found.push(index.get(left)! * size + index.get(right)!);
        }
      return this.#steps > MAX_STEPS ? [] : found;
    });
    const cycles = cyclesOf(pairs);
    const together = new Set(states.map((_, i) => cycles[i * size + i]));
    together.delete(undefined);
    return cycles.some(
      (cycle, pair) => cycle !== undefined && together.has(cycle) && Math.floor(pair / size) !== pair % size,
    );
  }

  /** One more than the number of consecutive repetitions that can match the same text, so that the border between them is ambiguous. */
  #degree(): number {
    const looping = this.#cycles.flatMap((cycle, state) => (cycle === undefined ? [] : [state]));
    const degrees = new Map(looping.map((state) => [state, 1]));
    const successors = new Map(looping.map((state) => [state, looping.filter((other) => this.#isOpen(state, other))]));
    // The longest possible chain has one link per looping state.
    for (let round = 0; round < looping.length; round++) {
      let changed = false;
      for (const [state, others] of successors)
        for (const other of others)
          if (degrees.get(other)! <= degrees.get(state)!) {
            degrees.set(other, degrees.get(state)! + 1);
            changed = true;
          }
      if (!changed) break;
    }
    return Math.max(1, ...degrees.values());
  }

  /** Whether some text leads from `first` to itself, from `first` to `second`, and from `second` to itself. */
  #isOpen(first: number, second: number): boolean {
    if (this.#cycles[first] === this.#cycles[second] || this.#steps > MAX_STEPS) return false;
    const goal = `${first} ${second} ${second}`;
    const seen = new Set<string>();
    const stack: [number, number, number][] = [[first, first, second]];
    for (let at = stack.pop(); at; at = stack.pop()) {
      const [a, b, c] = at;
      for (const x of this.#next[a]!.keys()) {
        if (this.#cycles[x] !== this.#cycles[first]) continue;
        for (const y of this.#next[b]!.keys()) {
          const both = this.#bits[x]! & this.#bits[y]!;
          if (both === 0n) continue;
          for (const z of this.#next[c]!.keys()) {
            this.#steps += 1;
            if (this.#cycles[z] !== this.#cycles[second] || (both & this.#bits[z]!) === 0n) continue;
            const name = `${x} ${y} ${z}`;
            if (name === goal) return true;
            if (seen.has(name)) continue;
            seen.add(name);
            stack.push([x, y, z]);
          }
        }
      }
      if (this.#steps > MAX_STEPS) return false;
    }
    return false;
  }
}

/** One sample of each kind. Samples that match the same characters are equivalent. */
function distinct(bits: readonly bigint[]): bigint[] {
  let kinds: bigint[] = [bits.reduce((all, one) => all | one, 0n)];
  for (const one of new Set(bits))
    kinds = kinds.flatMap((kind) => [kind & one, kind & ~one].filter((part) => part !== 0n));
  return kinds.map((kind) => kind & -kind);
}

/** By node: the strongly connected component that it lies on; `undefined` if it lies on no cycle. Tarjan's algorithm, without recursion. */
function cyclesOf(next: readonly (readonly number[])[]): (number | undefined)[] {
  const order = new Int32Array(next.length).fill(-1);
  const low = new Int32Array(next.length);
  const component = new Array<number | undefined>(next.length).fill(undefined);
  const open: number[] = [];
  const isOpen = new Uint8Array(next.length);
  let count = 0;
  for (let root = 0; root < next.length; root++) {
    if (order[root] !== -1) continue;
    const path: [node: number, edge: number][] = [[root, 0]];
    while (path.length > 0) {
      const top = path.at(-1)!;
      const [node, edge] = top;
      if (edge === 0) {
        order[node] = low[node] = count++;
        open.push(node);
        isOpen[node] = 1;
      }
      const target = next[node]![edge];
      top[1] += 1;
      if (target !== undefined) {
        if (order[target] === -1) path.push([target, 0]);
        else if (isOpen[target]) low[node] = Math.min(low[node]!, order[target]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1)?.[0];
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== order[node]) continue;
      const members = open.splice(open.lastIndexOf(node));
      for (const member of members) isOpen[member] = 0;
      // A single node is a cycle only if it has an edge to itself.
      if (members.length > 1 || next[node]!.includes(node)) for (const member of members) component[member] = node;
    }
  }
  return component;
}
