/**
 * The shape of `GET /usage`.
 * @module
 */

/** Calls in the current minute, hour and day. */
export interface Calls {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
}

/** The usage of all served profiles. */
export interface Usage {
  readonly at: string;
  readonly profiles: readonly ProfileUsage[];
}

/** The usage of one profile. */
export interface ProfileUsage {
  readonly profile: string;
  readonly total: Calls;
  /** The last seven days, oldest first. */
  readonly trend: readonly { readonly day: string; readonly calls: number }[];
  readonly keys: readonly ({ readonly key: string; readonly trend: readonly number[] } & Calls)[];
  readonly limits: readonly {
    readonly policy: string;
    readonly partition: Readonly<Record<string, string>>;
    readonly used: number;
    readonly limit: number;
    readonly resetAt: string | null;
  }[];
  readonly warnings: readonly {
    readonly policy: string;
    readonly partition: Readonly<Record<string, string>>;
    readonly used: number;
    readonly limit: number;
    readonly percent: number;
    readonly message: string;
  }[];
}
