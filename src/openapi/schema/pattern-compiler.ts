/**
 * How Ajv compiles the patterns of schemas.
 * @module
 */

/** The part of `RegExp` that a check uses. */
export interface RegExpLike {
  test(text: string): boolean;
  /** Must differ between different patterns. */
  toString(): string;
}

/** Compiles the patterns of schemas. `code` is what Ajv would write into a standalone module; it is never used. */
export interface PatternCompiler {
  (source: string): RegExpLike;
  code: string;
}
