/**
 * `using` and `await using`: for runtimes that have them, and in types only where the TypeScript library in use knows of them.
 * @module
 */

/** `Disposable`. */
export type Disposal = SymbolConstructor extends { readonly dispose: infer S extends symbol }
  ? { readonly [K in S]: () => void }
  : object;

/** `AsyncDisposable`. */
export type AsyncDisposal = SymbolConstructor extends { readonly asyncDispose: infer S extends symbol }
  ? { readonly [K in S]: () => Promise<void> }
  : object;

export function disposal(dispose: () => void): Disposal {
  return (Symbol.dispose ? { [Symbol.dispose]: dispose } : {}) as Disposal;
}

export function asyncDisposal(dispose: () => Promise<void>): AsyncDisposal {
  return (Symbol.asyncDispose ? { [Symbol.asyncDispose]: dispose } : {}) as AsyncDisposal;
}
