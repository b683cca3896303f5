/**
 * Answers about one bucket: its status, and whether a cost has room in it.
 * @module
 */

/** The status of one bucket at an instant. Amounts are whole quota units. */
export interface QuotaStatus {
  /** Units taken. May exceed the quota when refusals are charged. */
  readonly used: number;
  /** Units left, never negative. */
  readonly remaining: number;
  /** Epoch ms at which the window resets (each algorithm documents what that means); `null` where nothing resets with time. */
  readonly resetAt: number | null;
}

/**
 * The answer to "may this bucket be charged `cost` units at `now`?", with the status that results: after the charge if it is allowed, unchanged if it is not.
 *
 * It is a class so that every algorithm creates objects of one hidden class. With object literals of several shapes, a request that several policies apply to
 * took four times as long.
 */
export class Assessment implements QuotaStatus {
  readonly remaining: number;

  /**
   * @param allowed whether the cost is admitted; a cost of 0 always is
   * @param used units taken, the cost included if it is allowed
   * @param size units that fit into the bucket; `remaining` is what `used` leaves of it
   * @param resetAt epoch ms, or `null` where nothing resets with time
   * @param retryAt the first instant (epoch ms) at which the cost would be admitted if no other request came; `now` if it is allowed, `null` if that cannot be
   * known, `Infinity` if never
   * @param window names the window that the charge goes to, for a later refund
   * @param delayMs milliseconds that an admitted request has to wait for its turn; 0 unless the algorithm delays requests
   */
  constructor(
    readonly allowed: boolean,
    readonly used: number,
    size: number,
    readonly resetAt: number | null,
    readonly retryAt: number | null,
    readonly window: number,
    readonly delayMs: number,
  ) {
    this.remaining = Math.max(0, size - used);
  }
}
