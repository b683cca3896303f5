/**
 * Measures how deep a value is nested. Later code processes it recursively, which overflows the stack if it is too deep.
 * @module
 */

/** Levels. A deeper value is most likely a mistake. */
export const MAX_DEPTH = 500;

/** How a value is nested: within the limit, too deep, or circular. */
export type Nesting =
  | { readonly kind: 'fine' }
  /** @property path keys of the first value that is too deep, or that contains itself */
  | { readonly kind: 'too-deep' | 'endless'; readonly path: readonly string[] };

const FINE: Nesting = { kind: 'fine' };

interface Level {
  readonly value: object;
  readonly keys: readonly string[];
  next: number;
  /** Levels below it. */
  height: number;
}

/** Whether a value without aliases, as parsed from JSON, is nested deeper than the limit. Several times as fast as `nestingOf`. */
export function isDeepTree(root: unknown, max = MAX_DEPTH): boolean {
  let level: object[] = root !== null && typeof root === 'object' ? [root] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > max) return true;
    const next: object[] = [];
    for (const value of level) {
      for (const key in value) {
        const inner = (value as Record<string, unknown>)[key];
        if (inner !== null && typeof inner === 'object') next.push(inner);
      }
    }
    level = next;
  }
  return false;
}

/** Measures the nesting of a value. Each object is visited once, however many aliases refer to it. @param max the maximal number of levels */
export function nestingOf(root: unknown, max = MAX_DEPTH): Nesting {
  const heights = new Map<object, number>();
  const open = new Set<object>();
  const levels: Level[] = [];
  const enter = (value: unknown) => {
    if (value === null || typeof value !== 'object') return;
    levels.push({ value, keys: Object.keys(value), next: 0, height: 0 });
    open.add(value);
  };
  const path = () => levels.map(({ keys, next }) => keys[next - 1]).filter((key) => key !== undefined);
  enter(root);
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    if (level.next === level.keys.length) {
      levels.pop();
      open.delete(level.value);
      heights.set(level.value, level.height);
      const above = levels.at(-1);
      if (above) above.height = Math.max(above.height, level.height + 1);
      continue;
    }
    const key = level.keys[level.next]!;
    level.next += 1;
    const inner = (level.value as Record<string, unknown>)[key];
    if (inner === null || typeof inner !== 'object') continue;
    if (open.has(inner)) return { kind: 'endless', path: path() };
    const height = heights.get(inner);
    if (levels.length + 1 + (height ?? 0) > max) return { kind: 'too-deep', path: path() };
    if (height === undefined) enter(inner);
    else level.height = Math.max(level.height, height + 1);
  }
  return FINE;
}
