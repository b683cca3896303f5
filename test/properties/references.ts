/**
 * The algorithms as their definitions read, with no thought for speed or memory: everything that ever happened is kept, and questions are answered by counting
 * it, in exact arithmetic. What they say is what the real ones must say.
 * @module
 */

/** One bucket. `quota` may change at any time. */
export interface Reference {
  quota: number;
  /** Units taken, as seen at `now`. */
  used(now: number): number;
  resetAt(now: number): number | null;
  admits(cost: number, now: number): boolean;
  /** Takes the units whatever the quota; names what was charged. */
  charge(cost: number, now: number, lease: string): number;
  /** Gives units back to the window that was charged; a negative amount takes more of it. */
  refund(window: number, amount: number, lease: string): void;
  /** Sets what is taken; `false` where that cannot be. */
  seed(used: number, now: number): boolean;
  /** From this instant on nothing changes by itself any more. */
  settledAt(now: number): number;
  /** Units that fit, where that is not the quota. */
  readonly size?: number;
  /** Units that fit at `now`, where that changes with time. */
  sizeAt?(now: number): number;
  /** Whether what is not admitted by waiting never will be, rather than at an unknown time. */
  readonly never?: boolean;
  /** Milliseconds until the turn of a request that is admitted at `now`; 0 when left out. */
  delay?(now: number): number;
}

/** Windows of the clock: a dictionary of counts by the window's start. */
export function fixedAligned(lengthMs: number): Reference {
  const counts = new Map<number, number>();
  const startOf = (now: number) => Math.floor(now / lengthMs) * lengthMs;
  return {
    quota: 0,
    used: (now) => counts.get(startOf(now)) ?? 0,
    resetAt: (now) => startOf(now) + lengthMs,
    admits(cost, now) {
      return this.used(now) + cost <= this.quota;
    },
    charge(cost, now) {
      counts.set(startOf(now), (counts.get(startOf(now)) ?? 0) + cost);
      return startOf(now);
    },
    refund(window, amount) {
      const count = counts.get(window);
      if (count !== undefined) counts.set(window, Math.max(0, count - amount));
    },
    seed(used, now) {
      counts.set(startOf(now), used);
      return true;
    },
    settledAt: (now) => Math.max(now, ...counts.keys()) + lengthMs,
  };
}

/** A window that opens when it is first charged; there is one at a time, and one that has not begun is as good as over. */
export function fixedFirstRequest(lengthMs: number): Reference {
  let open: { start: number; count: number } | undefined;
  const live = (now: number) =>
    open !== undefined && open.start <= now && now < open.start + lengthMs ? open : undefined;
  return {
    quota: 0,
    used: (now) => live(now)?.count ?? 0,
    resetAt: (now) => (live(now)?.start ?? now) + lengthMs,
    admits(cost, now) {
      return this.used(now) + cost <= this.quota;
    },
    charge(cost, now) {
      open = { start: live(now)?.start ?? now, count: this.used(now) + cost };
      return open.start;
    },
    refund(window, amount) {
      if (open?.start === window) open.count = Math.max(0, open.count - amount);
    },
    seed(used, now) {
      open = { start: live(now)?.start ?? now, count: used };
      return true;
    },
    settledAt: (now) => Math.max(now, open?.start ?? now) + lengthMs,
  };
}

/** The weighted counter of two windows: w = floor(P × (W − now mod W) / W); a request is admitted if C + w + cost ≤ L. */
export function slidingWindow(lengthMs: number): Reference {
  const fixed = fixedAligned(lengthMs);
  return {
    ...fixed,
    used(now) {
      const [P, W, t] = [BigInt(fixed.used(now - lengthMs)), BigInt(lengthMs), BigInt(now)];
      return fixed.used(now) + Number((P * (W - (t % W))) / W);
    },
    settledAt: (now) => fixed.settledAt(now) + lengthMs,
  };
}

/** Every instant at which a unit was taken; one counts until a window's length later. */
export function slidingLog(lengthMs: number): Reference {
  let log: number[] = [];
  const live = (now: number) => log.filter((instant) => instant > now - lengthMs).sort((a, b) => a - b);
  return {
    quota: 0,
    used: (now) => live(now).length,
    resetAt: (now) => (live(now)[0] ?? now) + lengthMs,
    admits(cost, now) {
      return this.used(now) + cost <= this.quota;
    },
    charge(cost, now) {
      for (let i = 0; i < cost; i++) log.push(now);
      return now;
    },
    refund(window, amount) {
      for (let i = amount; i < 0; i++) log.push(window);
      for (let i = 0; i < amount; i++) {
        const at = log.indexOf(window);
        if (at >= 0) log.splice(at, 1);
      }
    },
    seed(used, now) {
      const [gone, kept] = [log.filter((instant) => instant <= now - lengthMs), live(now)];
      log = [...gone, ...(used === 0 ? [] : kept.slice(-used))];
      while (this.used(now) < used) log.push(now);
      return true;
    },
    settledAt: (now) => Math.max(now, ...log) + lengthMs,
  };
}

/** A bucket that loses `refill` of what was taken out of it every window, evenly: a fraction, kept as a whole number of 1/W units. */
export function tokenBucket(lengthMs: number, refill: number | undefined): Reference {
  const W = BigInt(lengthMs);
  let last: bigint | undefined;
  let takenW = 0n;
  const drain = (quota: number) => BigInt(refill ?? Math.max(1, quota));
  /** What is out of the bucket at `now`, in 1/W units; a clock that was set back stands still for the bucket. */
  const at = (now: number, quota: number) => {
    const passed = last === undefined || BigInt(now) < last ? 0n : BigInt(now) - last;
    const left = takenW - passed * drain(quota);
    return left > 0n ? left : 0n;
  };
  const up = (a: bigint, b: bigint) => Number((a + b - 1n) / b);
  const later = (now: number) => (last === undefined || BigInt(now) > last ? BigInt(now) : last);
  return {
    quota: 0,
    used(now) {
      return up(at(now, this.quota), W);
    },
    resetAt(now) {
      const taken = at(now, this.quota);
      return taken === 0n ? now : Number(later(now)) + up(taken, drain(this.quota));
    },
    admits(cost, now) {
      return at(now, this.quota) + BigInt(cost) * W <= BigInt(this.quota) * W;
    },
    charge(cost, now) {
      takenW = at(now, this.quota) + BigInt(cost) * W;
      last = later(now);
      return now;
    },
    refund(_window, amount) {
      takenW -= BigInt(amount) * W;
      if (takenW < 0n) takenW = 0n;
    },
    seed(used, now) {
      takenW = BigInt(used) * W;
      last = BigInt(now);
      return true;
    },
    settledAt(now) {
      return this.resetAt(now)!;
    },
  };
}

/** A queue of so many units that is served evenly, the quota in each window: what waits is a debt as of a token bucket whose refill is the quota. */
export function leakyBucket(lengthMs: number, queue: number): Reference {
  const served = tokenBucket(lengthMs, undefined);
  return {
    ...served,
    size: queue,
    admits(cost, now) {
      return this.quota > 0 && this.used(now) + cost <= queue;
    },
    delay(now) {
      return this.resetAt(now)! - now;
    },
  };
}

/** What runs: each unit by the name of what holds it. */
export function concurrency(): Reference {
  const running: string[] = [];
  return {
    quota: 0,
    used: () => running.length,
    resetAt: () => null,
    admits(cost) {
      return running.length + cost <= this.quota;
    },
    charge(cost, now, lease) {
      for (let i = 0; i < cost; i++) running.push(lease);
      return now;
    },
    refund(_window, amount, lease) {
      for (let i = 0; i < amount; i++) {
        const at = running.indexOf(lease);
        if (at >= 0) running.splice(at, 1);
      }
    },
    seed: () => false,
    settledAt: (now) => now,
  };
}

/** Units that do not come back. */
export function stock(): Reference {
  let taken = 0;
  return {
    quota: 0,
    used: () => taken,
    resetAt: () => null,
    admits(cost) {
      return taken + cost <= this.quota;
    },
    charge(cost, now) {
      taken += cost;
      return now;
    },
    refund(_window, amount) {
      taken = Math.max(0, taken - amount);
    },
    seed(used) {
      taken = used;
      return true;
    },
    settledAt: (now) => now,
    never: true,
  };
}

/** Windows of the clock, of which each admits a multiple of what the one before it used. */
export function ramp(lengthMs: number, floor: number, factor: number): Reference {
  const windows = fixedAligned(lengthMs);
  const size = (quota: number, now: number) =>
    Math.min(quota, Math.max(floor, Math.floor(factor * windows.used(now - lengthMs))));
  return {
    ...windows,
    admits(cost, now) {
      return windows.used(now) + cost <= size(this.quota, now);
    },
    sizeAt(now) {
      return size(this.quota, now);
    },
    // A window affects the one after it.
    settledAt: (now) => windows.settledAt(now) + lengthMs,
    never: true,
  };
}

/** The first instant from `now` on at which `cost` is admitted, by trying them all; `null`: it never comes by itself. */
export function firstAdmission(reference: Reference, cost: number, now: number): number | null {
  const end = reference.settledAt(now);
  for (let instant = now; instant <= end; instant++) if (reference.admits(cost, instant)) return instant;
  return null;
}
