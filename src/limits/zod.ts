/**
 * The schema library as a parameter. What declares a schema takes it, so that a start that checks nothing (profiles that come with the package were checked by the
 * build) need not load it.
 * @module
 */
export type Zod = typeof import('zod').z;
