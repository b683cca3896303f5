/**
 * What a client knew when it sent a request. It is judged only for that.
 *
 * An answer is known to the program that received it, and to no other. On the connection that carried it, it is known to every request that arrived after it had
 * left. On another connection a request may have crossed it: it may have been sent before the answer was read, and read by the server after the answer had left.
 * Where the operating system tells that the client had not read the answer yet, it is not known. Where the system tells that the client's process was asleep with
 * the answer read, it is known from then on: what the process had decided to send before, it had sent. Elsewhere it is known only after a margin, and within the
 * margin perhaps. The margin grows with the time by which a busy machine holds programs up.
 * @module
 */
import type { Call } from './call.js';

export type Knowledge = 'yes' | 'perhaps' | 'no';

/** For the client's own turn: to read an answer and to act on it. Real milliseconds. */
const MARGIN_MS = 50;
/** A client may be held up several times between reading an answer and sending its next request. */
const LAGS = 3;

/** A process that is never seen asleep works all the time. It has read an answer after so many milliseconds, and so many times the lag. */
const UNSEEN_MS = 2_000;
const UNSEEN_LAGS = 10;

/** What the client of the later call knew of the earlier one's answer. */
export function knowledge(later: Call, earlier: Call): Knowledge {
  const { leftAt, peer } = earlier.entry;
  const { beganAt, peer: laterPeer } = later.entry;
  if (leftAt === null || leftAt > beganAt || later.program !== earlier.program) return 'no';
  if (!peer || !laterPeer) return 'yes';
  if (wasUnread(later, earlier)) return 'no';
  if (peer.connection === laterPeer.connection && !earlier.pipelined) return 'yes';
  if (isSettled(later, earlier)) return 'yes';
  // It was sent after another answer had been read that left long after this one.
  if (later.followsAnswerAt !== undefined && later.followsAnswerAt - leftAt >= marginOf(later)) return 'yes';
  // A clock that stands still was moved in between, which takes a call of its own.
  if (earlier.entry.answeredAt === null && later.entry.at > earlier.entry.sentAt) return 'yes';
  // Its program is never seen to send a request before it has the last answer: not while the answer was held and others could have arrived, nor does it open a
  // connection for each of several requests.
  const isOneAtATime = leftAt - earlier.entry.beganAt >= HELD_MS || !later.opensConnection;
  return earlier.sequential && isOneAtATime ? 'yes' : 'perhaps';
}

/** An answer that stayed so long at the server was held until requests had ceased to arrive. */
const HELD_MS = 7;

/** Whether the client of the later call has certainly acted on the answer of the earlier one, as have all later calls of its program. */
export function isSettled(later: Call, earlier: Call): boolean {
  const { leftAt, readAt } = earlier.entry;
  const { beganAt, arrived } = later.entry;
  if (leftAt === null || wasUnread(later, earlier)) return false;
  const { earliestAt, lagMs } = arrived ?? { earliestAt: beganAt, lagMs: 0 };
  if (readAt === undefined) return isPastMargin(later, leftAt);
  if (readAt !== null && readAt < beganAt) return true;
  return earliestAt - leftAt >= UNSEEN_MS + UNSEEN_LAGS * lagMs;
}

/** Whether the margin is over since an answer left (real epoch ms). An answer that left amid a burst is not known to the rest of that burst. */
function isPastMargin(call: Call, leftAt: number): boolean {
  const earliestAt = call.entry.arrived?.earliestAt ?? call.entry.beganAt;
  return earliestAt - leftAt >= marginOf(call) && call.burstBeganAt > leftAt;
}

function marginOf({ entry: { arrived } }: Call): number {
  return MARGIN_MS + LAGS * (arrived?.lagMs ?? 0);
}

/** Whether the operating system still held the earlier call's answer for its client when the later call arrived. */
export function wasUnread({ entry: { beganAt } }: Call, { entry: { unreadAt } }: Call): boolean {
  return unreadAt !== undefined && unreadAt >= beganAt;
}

/** Whether the client of the later call certainly knew the earlier one's answer. */
export function knows(later: Call, earlier: Call): boolean {
  return knowledge(later, earlier) === 'yes';
}
