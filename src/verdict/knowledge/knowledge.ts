/**
 * What a client knew when it sent a request. A client is judged only for what it knew.
 *
 * An answer is known only to the program that received it. On the connection that carried it, it is known to every request that arrived after it had left. On another
 * connection the two may have crossed: the request may have been sent before the client read the answer, and have reached the server after the answer had left. Where the
 * operating system tells that the client had not read the answer yet, the answer is not known. Where the system tells that the client's process was asleep with the answer
 * read, it is known from then on: the process had sent all that it had decided to send before. Elsewhere an answer is known for certain only after a margin, and perhaps
 * within it. The margin grows with the time by which a busy machine delays programs.
 * @module
 */
import type { Call } from '../calls/call.js';

export type Knowledge = 'yes' | 'perhaps' | 'no';

/** The least margin: time for the client to read an answer and to act on it. Real milliseconds. */
const MARGIN_MS = 50;
/** How many times the lag of the machine is added to the margin: a client may be delayed several times between reading an answer and sending its next request. */
const LAG_FACTOR = 3;

/** A process that is never seen asleep works all the time. It has read an answer after so many milliseconds, and so many times the lag. */
const UNSEEN_MS = 2_000;
const UNSEEN_LAG_FACTOR = 10;

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
  // The frozen clock was moved in between. Whoever moved it had time to read the answer.
  if (earlier.entry.answeredAt === null && later.entry.at > earlier.entry.sentAt) return 'yes';
  if (isOfSameBurst(later, earlier)) return 'no';
  // A program that sends one request at a time has the last answer before it sends the next request. It is taken for such a program where it has never had two requests
  // under way, and either sent nothing else while this answer was held, or did not open a connection for the later request.
  const isOneAtATime = leftAt - earlier.entry.beganAt >= HELD_MS || !later.opensConnection;
  return earlier.sequential && isOneAtATime ? 'yes' : 'perhaps';
}

/** An answer that left so long after its request arrived had been held until arrivals were quiet. Real milliseconds. */
const HELD_MS = 7;

/**
 * Whether the later call belongs to a burst that its program had begun to send before the earlier call's answer left, and the program was not seen to sleep with
 * the answer read before the call arrived. A call that repeats the earlier one may well know its answer.
 */
function isOfSameBurst(later: Call, earlier: Call): boolean {
  const { leftAt, readAt } = earlier.entry;
  const { beganAt, peer } = later.entry;
  const isUnseen = readAt === null || (readAt !== undefined && readAt >= beganAt);
  if (!isUnseen || earlier.sequential || !later.opensConnection) return false;
  if (later.repeats === earlier && later.oneAtATime) return false;
  return peer!.openedAt < leftAt! || later.burstBeganAt <= leftAt!;
}

/** Whether the client of the later call has certainly acted on the answer of the earlier one, as have all later calls of its program. */
export function isSettled(later: Call, earlier: Call): boolean {
  const { leftAt, readAt } = earlier.entry;
  const { beganAt, arrived } = later.entry;
  if (leftAt === null || wasUnread(later, earlier)) return false;
  const { earliestAt, lagMs } = arrived ?? { earliestAt: beganAt, lagMs: 0 };
  // An answer that left amid a burst is not known to the rest of that burst.
  if (readAt === undefined) return isPastMargin(later, leftAt) && later.burstBeganAt > leftAt;
  if (readAt !== null && readAt < beganAt) return true;
  return earliestAt - leftAt >= UNSEEN_MS + UNSEEN_LAG_FACTOR * lagMs;
}

/** Whether the margin is over since an answer left (real epoch ms): the client has had time to read it. */
export function isPastMargin(call: Call, leftAt: number): boolean {
  const earliestAt = call.entry.arrived?.earliestAt ?? call.entry.beganAt;
  return earliestAt - leftAt >= marginOf(call);
}

function marginOf({ entry: { arrived } }: Call): number {
  return MARGIN_MS + LAG_FACTOR * (arrived?.lagMs ?? 0);
}

/** Whether the operating system still held the earlier call's answer for its client when the later call arrived. */
export function wasUnread({ entry: { beganAt } }: Call, { entry: { unreadAt } }: Call): boolean {
  return unreadAt !== undefined && unreadAt >= beganAt;
}

/** Whether the client of the later call certainly knew the earlier one's answer. */
export function knows(later: Call, earlier: Call): boolean {
  return knowledge(later, earlier) === 'yes';
}
