/**
 * What a provider's own SDK is tried for: programs that use it, unchanged but for the base URL, against the provider's profile.
 * @module
 */

/** An SDK, and the programs that use it. */
export interface SdkCase {
  /** Its name on the command line and in docs/sdks.md, such as `stripe`. */
  readonly id: string;
  /** The package of the npm registry; it is a dependency of sdks/package.json, in an exact version. */
  readonly package: string;
  /** Further packages that belong to it, such as plugins. */
  readonly with?: readonly string[];
  /** The profile that is served. */
  readonly profile: string;
  /** What it does at a limit according to its own source or docs, in a sentence or two. */
  readonly says: string;
  /** Where that is said: the file in the package, or the address of the page. */
  readonly source: string;
  readonly runs: readonly SdkRun[];
}

/** One program, and what must come of it. */
export interface SdkRun {
  /** Such as `quick start`, `at the limit`. */
  readonly name: string;
  /** What a reader of docs/sdks.md learns from it. */
  readonly says: string;
  /** The file in sdks/programs, and its arguments. It finds the mock at `MOCK429_URL`. */
  readonly program: readonly [file: string, ...args: string[]];
  /** Options of `mock429 run`, such as `--set policies.reads.quota=2`, `--variant x`. */
  readonly options?: readonly string[];
  readonly expect: {
    /** Exit code of `mock429 run`: the program's own, or 1 if the verdict fails. Default: 0. */
    readonly exit?: number;
    /** The verdict. */
    readonly verdict: 'pass' | 'warn' | 'fail' | 'undecided';
    /** Checks that find something, all of them. Default: none. */
    readonly findings?: readonly string[];
    /** Checks that may find something as well: what they find depends on the speed of the machine. */
    readonly mayFind?: readonly string[];
    /** Lines that the program prints, in this order; others may stand between. A regular expression must match within a line. */
    readonly prints: readonly (string | RegExp)[];
    /** Requests that the mock received: exactly, or at least and at most. */
    readonly requests: number | readonly [least: number, most: number];
  };
}
