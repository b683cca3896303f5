/**
 * The schema library as a parameter. Functions that declare a schema receive it, so that a start that validates nothing does not load it: the build has validated
 * the built-in profiles.
 * @module
 */
/** The `z` of zod. */
export type Zod = typeof import('zod').z;
