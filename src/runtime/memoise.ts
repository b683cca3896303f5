/**
 * Memoisation: functions that remember their results, within bounds. Every cache of a pure function in the code is one of these; caches that check whether an entry
 * is still valid, or that are bounded by bytes of memory, have their own code.
 * @module
 */

/** What a memoised function may return: anything but `undefined`, which marks a result that is not stored. */
type Result = object | string | number | boolean | null;

/**
 * Remembers the result for each key.
 *
 * @param make computes the value of a key. It must be pure, and never return `undefined`
 * @param max how many results are stored; when there are that many, all are dropped before the next one is added
 */
export function memoise<K, V extends Result>(make: (key: K) => V, { max }: { readonly max: number }): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      if (known.size >= max) known.clear();
      known.set(key, value);
    }
    return value;
  };
}

/** Bounds of `memoiseText`. */
export interface TextBounds {
  /** How many results are stored; when there are that many, all are dropped before the next one is added. */
  readonly max: number;
  /** Results of longer texts are not stored. In UTF-16 code units. */
  readonly maxLength: number;
  /** The length of all stored texts together; when the next one would exceed it, all are dropped first. Default: no bound. */
  readonly maxTotalLength?: number;
}

/**
 * Remembers the result for each text. For texts that clients choose (paths, credentials, header names): long ones take no memory.
 *
 * @param make computes the value of a text. It must be pure. A result that is `undefined` is not stored
 */
export function memoiseText<V extends Result | undefined>(
  make: (text: string) => V,
  { max, maxLength, maxTotalLength = Number.POSITIVE_INFINITY }: TextBounds,
): (text: string) => V {
  const known = new Map<string, V>();
  let totalLength = 0;
  return (text) => {
    const stored = known.get(text);
    if (stored !== undefined) return stored;
    const value = make(text);
    if (value === undefined || text.length > maxLength) return value;
    totalLength += text.length;
    if (known.size >= max || totalLength > maxTotalLength) {
      known.clear();
      totalLength = text.length;
    }
    known.set(text, value);
    return value;
  };
}

/** Remembers the result for each object, as long as something else refers to the object. @param make must be pure, and never return `undefined` */
export function memoiseWeakly<K extends object, V extends Result>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}

/** Remembers the result for the last key, for functions that are called with the same one many times in a row. @param make must be pure */
export function memoiseLast<V, K extends number | string = number>(make: (key: K) => V): (key: K) => V {
  // No key equals NaN, so the first call always computes.
  let lastKey: number | string = Number.NaN;
  let last: V;
  return (key) => {
    if (key !== lastKey) {
      last = make(key);
      lastKey = key;
    }
    return last;
  };
}
