/**
 * Support for `using` and `await using`: at run time where the runtime has them, and in types where the TypeScript library declares them.
 * @module
 */

/** `Disposable`, where the TypeScript library declares it. */
export type Disposal = SymbolConstructor extends { readonly dispose: infer S extends symbol }
  ? { readonly [K in S]: () => void }
  : object;

/** `AsyncDisposable`, where the TypeScript library declares it. */
export type AsyncDisposal = SymbolConstructor extends { readonly asyncDispose: infer S extends symbol }
  ? { readonly [K in S]: () => Promise<void> }
  : object;

/** An object for `using`; empty where the runtime lacks `Symbol.dispose`. */
export function disposal(dispose: () => void): Disposal {
  return (Symbol.dispose ? { [Symbol.dispose]: dispose } : {}) as Disposal;
}

/** An object for `await using`; empty where the runtime lacks `Symbol.asyncDispose`. */
export function asyncDisposal(dispose: () => Promise<void>): AsyncDisposal {
  return (Symbol.asyncDispose ? { [Symbol.asyncDispose]: dispose } : {}) as AsyncDisposal;
}
