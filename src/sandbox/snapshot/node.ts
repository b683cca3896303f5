/**
 * A value of an untrusted snapshot together with its path. Each reader checks the type and throws an error that names the path.
 * @module
 */
import { suggest } from '../../profile/errors.js';
import { brief, kindOf } from '../control/brief.js';
import { Problem } from '../control/problem.js';

/** The latest instant that `Date` can represent. */
const LATEST_DATE_MS = 8.64e15;

/** Paths of a snapshot under which values may be credentials. */
const SECRET_PATH = /(?:^|\.)(?:keys?|accounts|credentials|buckets|cache|idempotency|warned)(?:\.|$)/;

/** A value with its path. The readers return it as the named type. @throws Problem from every reader, if the value has another type */
export class Node {
  constructor(
    readonly value: unknown,
    readonly path = '',
  ) {}

  /** Reports an error at this path. @throws Problem */
  wrong(detail: string, code = 'bad-snapshot'): never {
    throw new Problem(400, code, detail, this.path);
  }

  /** A map with all required keys, any optional ones, and no others. */
  fields<R extends string, O extends string = never>(required: readonly R[], optional: readonly O[] = []) {
    const known: string[] = [...required, ...optional];
    const map = this.map();
    for (const [key, node] of map)
      if (!known.includes(key)) node.wrong(`unknown key "${key}"; ${suggest(key, known)}`, 'unknown-key');
    for (const key of required)
      if (!map.has(key))
        this.#at(key, undefined).wrong('is missing; add it, or save the snapshot again', 'missing-value');
    return Object.fromEntries(map) as Record<R, Node> & Partial<Record<O, Node>>;
  }

  /** A map with any keys. */
  map(): Map<string, Node> {
    const { value } = this;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return this.#expected('a JSON object');
    return new Map(Object.entries(value).map(([key, inner]) => [key, this.#at(key, inner)]));
  }

  /** A list of any length. */
  list(): Node[] {
    return Array.isArray(this.value) ? this.value.map((one, i) => this.#at(i, one)) : this.#expected('a list');
  }

  /** A list of this length. */
  tuple(length: number): Node[] {
    const nodes = this.list();
    return nodes.length === length ? nodes : this.#expected(`a list of ${length}`);
  }

  /** A string. */
  text(): string {
    return typeof this.value === 'string' ? this.value : this.#expected('a string');
  }

  /** A boolean. */
  flag(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.#expected('true or false');
  }

  /** A finite number. */
  number(): number {
    return typeof this.value === 'number' && Number.isFinite(this.value) ? this.value : this.#expected('a number');
  }

  /** A whole number from 0 up. */
  count(): number {
    const { value } = this;
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.#expected('a whole number from 0 up');
  }

  /** An instant in epoch ms. */
  instant(): number {
    const { value } = this;
    return typeof value === 'number' && Math.abs(value) <= LATEST_DATE_MS
      ? value
      : this.#expected('an instant (epoch milliseconds)');
  }

  /** One of these strings. */
  oneOf<T extends string>(...values: readonly T[]): T {
    return values.includes(this.value as T) ? (this.value as T) : this.#expected(values.join(' or '));
  }

  /** `null`, or what `read` returns. */
  orNull<T>(read: (node: this) => T): T | null {
    return this.value === null ? null : read(this);
  }

  #expected(what: string): never {
    this.wrong(`must be ${what}, not ${this.#display()}; mend it, or save the snapshot again`);
  }

  /** The value as the error shows it; only its kind if it may be a credential. */
  #display(): string {
    const { value } = this;
    if (value !== undefined && value !== null && SECRET_PATH.test(this.path)) return kindOf(value);
    return brief(value);
  }

  #at(key: string | number, value: unknown): Node {
    return new Node(value, this.path === '' ? String(key) : `${this.path}.${key}`);
  }
}
