/**
 * The history of the requests to buckets whose window never ends, and what is wrong with it. Each admission tells a remaining amount of its own, which is its place in the order; so
 * whether there is an order in which one server would have given all answers (linearizability, Herlihy and Wing 1990) needs no search.
 * @module
 */

/** What became of a request. */
export interface Operation {
  readonly bucket: string;
  /** When it was sent, and when its answer was there: any clock of one machine. */
  readonly from: number;
  readonly to: number;
  /** What was left after it; `refused`; `unknown`: it may have been admitted or not, such as where the connection broke. */
  readonly outcome: number | 'refused' | 'unknown';
}

/** What a check has found. */
export interface Findings {
  readonly admitted: number;
  readonly refused: number;
  readonly unknown: number;
  /** One sentence for each violation. */
  readonly violations: readonly string[];
}

/** Checks a history. @param quota of each bucket */
export function checkHistory(operations: readonly Operation[], quota: number): Findings {
  const buckets = new Map<string, Operation[]>();
  for (const operation of operations) {
    const known = buckets.get(operation.bucket);
    if (known) known.push(operation);
    else buckets.set(operation.bucket, [operation]);
  }
  const violations = [...buckets].flatMap(([bucket, all]) => checkBucket(bucket, all, quota));
  const count = (outcome: (one: Operation['outcome']) => boolean) =>
    operations.filter((operation) => outcome(operation.outcome)).length;
  return {
    admitted: count((outcome) => typeof outcome === 'number'),
    refused: count((outcome) => outcome === 'refused'),
    unknown: count((outcome) => outcome === 'unknown'),
    violations,
  };
}

function checkBucket(bucket: string, operations: readonly Operation[], quota: number): string[] {
  const violations: string[] = [];
  const remaining = new Set<number>();
  let unknown = 0;
  let refused = 0;
  for (const { outcome } of operations) {
    if (outcome === 'unknown') unknown += 1;
    else if (outcome === 'refused') refused += 1;
    else {
      if (remaining.has(outcome)) violations.push(`${bucket}: two requests were told that ${outcome} are left`);
      if (!(Number.isInteger(outcome) && outcome >= 0 && outcome < quota))
        violations.push(`${bucket}: a request was told that ${outcome} of ${quota} are left`);
      remaining.add(outcome);
    }
  }
  if (remaining.size > quota) violations.push(`${bucket}: ${remaining.size} requests were admitted of ${quota}`);
  // The amounts that nobody was told belong to requests whose outcome is unknown.
  const lowest = Math.min(quota, ...remaining);
  const missing = (refused > 0 ? quota : quota - lowest) - remaining.size;
  if (missing > unknown)
    violations.push(`${bucket}: ${missing} units are gone, but the outcome of only ${unknown} requests is unknown`);
  violations.push(...checkOrder(bucket, operations));
  return violations;
}

/** A request that was sent after the answer to another was there must have less left. A refusal is the end. */
function checkOrder(bucket: string, operations: readonly Operation[]): string[] {
  const known = operations.filter(({ outcome }) => outcome !== 'unknown');
  const byStart = known.slice().sort((a, b) => a.from - b.from);
  const byEnd = known.slice().sort((a, b) => a.to - b.to);
  const violations: string[] = [];
  let least = Number.POSITIVE_INFINITY;
  let ended = 0;
  for (const { from, outcome } of byStart) {
    for (; ended < byEnd.length && byEnd[ended]!.to < from; ended++) least = Math.min(least, leftAfter(byEnd[ended]!));
    if (outcome !== 'refused' && (outcome as number) >= least)
      violations.push(`${bucket}: a request was told that ${outcome} are left after another was told ${least}`);
  }
  return violations;
}

/** After a refusal nothing can be admitted: as if less than nothing were left. */
function leftAfter({ outcome }: Operation): number {
  return outcome === 'refused' ? 0 : (outcome as number);
}
