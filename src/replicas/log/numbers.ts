/**
 * The last numbered append of each member, as far as a replica has seen it.
 *
 * An append whose reply was lost is repeated under the same number. The store answers it from this table instead of appending twice. When the store has lost data, the
 * member that writes its state must write this table as well: it tells which appends the state contains.
 * @module
 */

/** A member's last numbered append. */
export interface LastAppend {
  /** The member's own count of its appends, from 1. */
  readonly number: number;
  /** Where it is in the log. */
  readonly seq: number;
  /** Its time, in the store's own notation. */
  readonly at: string;
  /** Whether the member was removed since. It may still ask what became of the append. */
  readonly isGone?: boolean;
}

/** Last appends by member. */
export type LastAppends = Map<number, LastAppend>;

/** Enters an append, unless a newer one of the member is known. */
export function noteAppend(table: LastAppends, member: number, last: LastAppend): void {
  if ((table.get(member)?.seq ?? 0) < last.seq) table.set(member, last);
}

/** Enters that a member was removed. */
export function noteEnd(table: LastAppends, member: number): void {
  const last = table.get(member);
  if (last) table.set(member, { ...last, isGone: true });
}

/** The entries that a state at this position contains. A member never repeats an append before its last one, so an older entry is not needed. */
export function appendsUpTo(table: LastAppends, seq: number): LastAppends {
  return new Map([...table].filter(([, last]) => last.seq <= seq));
}
