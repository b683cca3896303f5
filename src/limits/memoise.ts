/**
 * Memoisation: a function that remembers its results, within bounds.
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

/** Remembers the result for the last number, for functions that are called with the same one many times in a row. @param make must be pure */
export function memoiseLast<V>(make: (key: number) => V): (key: number) => V {
  let lastKey = Number.NaN;
  let last: V;
  return (key) => {
    if (key !== lastKey) {
      last = make(key);
      lastKey = key;
    }
    return last;
  };
}
