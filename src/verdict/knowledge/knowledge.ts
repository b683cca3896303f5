/**
 * What a client knew when it sent a request. The checks judge a client only by what it knew.
 *
 * A response is known only to the program that received it. On the connection that carried it, every request that arrives after the response was sent knows it.
 * On another connection, the two may have crossed: the client may have sent the request before it read the response, although the request arrived after the
 * response was sent.
 *
 * Three observations decide such cases. If the operating system shows that the client had not read the response yet, it is not known. If the client's process
 * was seen asleep after it read the response, it is known from then on, because the process had sent everything that it had decided before. Otherwise the
 * response is known for certain after a margin, and possibly known within the margin. The margin grows with the machine's scheduling lag.
 * @module
 */
import type { Call } from '../calls/call.js';

/** Whether a client knew a response. */
export type Knowledge = 'yes' | 'perhaps' | 'no';

/** The minimum margin in real milliseconds: the time a client needs to read a response and to act on it. */
export const MARGIN_MS = 50;
/**
 * The margin grows by this many times the machine's lag, because a client can be delayed several times between reading a response and sending its next request.
 */
const LAG_FACTOR = 3;

/** A process that is never seen asleep is always working. It has read a response after `UNSEEN_MS` real milliseconds plus `UNSEEN_LAG_FACTOR` times the lag. */
const UNSEEN_MS = 2_000;
const UNSEEN_LAG_FACTOR = 10;

/** Whether the client of the later call knew the response to the earlier one. */
export function knowledge(later: Call, earlier: Call): Knowledge {
  const { leftAt, peer } = earlier.entry;
  const { beganAt, peer: laterPeer } = later.entry;
  if (leftAt === null || leftAt > beganAt || later.program !== earlier.program) return 'no';
  if (!peer || !laterPeer) return 'yes';
  if (wasUnread(later, earlier)) return 'no';
  if (peer.connection === laterPeer.connection && !earlier.pipelined) return 'yes';
  if (isSettled(later, earlier)) return 'yes';
  // The client sent it after it had read another response, which was sent long after this one.
  if (later.followsAnswerAt !== undefined && later.followsAnswerAt - leftAt >= marginOf(later)) return 'yes';
  // The frozen clock was advanced in between. The caller that advanced it had time to read the response.
  if (earlier.entry.answeredAt === null && later.entry.at > earlier.entry.sentAt) return 'yes';
  if (isOfSameBurst(later, earlier)) return 'no';
  // A program that sends one request at a time has the previous response before it sends the next request. A program counts as such if it never had two
  // requests in flight, and either sent nothing else while this response was delayed, or did not open a new connection for the later request.
  const isOneAtATime = leftAt - earlier.entry.beganAt >= HELD_MS || !later.opensConnection;
  return earlier.sequential && isOneAtATime ? 'yes' : 'perhaps';
}

/** If a response was sent this long after its request arrived, the server delayed it until no more requests arrived. Real milliseconds. */
const HELD_MS = 7;

/**
 * Whether the later call belongs to a burst that began before the earlier call's response was sent, and the program was not seen asleep with the response read
 * before the call arrived. Excludes a call that retries the earlier one, because it may know the response.
 */
function isOfSameBurst(later: Call, earlier: Call): boolean {
  const { leftAt, readAt } = earlier.entry;
  const { beganAt, peer } = later.entry;
  const isUnseen = readAt === null || (readAt !== undefined && readAt >= beganAt);
  if (!isUnseen || earlier.sequential || !later.opensConnection) return false;
  if (later.repeats === earlier && later.oneAtATime) return false;
  return peer!.openedAt < leftAt! || later.burstBeganAt <= leftAt!;
}

/** Whether the client of the later call has certainly acted on the response to the earlier call. If so, this is also true of all later calls of the program. */
export function isSettled(later: Call, earlier: Call): boolean {
  const { leftAt, readAt } = earlier.entry;
  const { beganAt, arrived } = later.entry;
  if (leftAt === null || wasUnread(later, earlier)) return false;
  const { earliestAt, lagMs } = arrived ?? { earliestAt: beganAt, lagMs: 0 };
  // A response that is sent during a burst is not known to the rest of that burst.
  if (readAt === undefined) return isPastMargin(later, leftAt) && later.burstBeganAt > leftAt;
  if (readAt !== null && readAt < beganAt) return true;
  return earliestAt - leftAt >= UNSEEN_MS + UNSEEN_LAG_FACTOR * lagMs;
}

/**
 * The earliest time at which a request can arrive for which `isSettled` holds; real epoch ms. `isSettled` may still not hold then.
 * @param leftAt real epoch ms at which the response was sent
 */
export function settledFrom({ entry: { readAt } }: Call, leftAt: number): number {
  if (readAt === undefined) return leftAt + MARGIN_MS;
  return readAt ?? leftAt + UNSEEN_MS;
}

/**
 * Whether the margin after a response is over, so that the client had time to read the response.
 * @param leftAt real epoch ms at which the response was sent
 */
export function isPastMargin(call: Call, leftAt: number): boolean {
  const earliestAt = call.entry.arrived?.earliestAt ?? call.entry.beganAt;
  return earliestAt - leftAt >= marginOf(call);
}

function marginOf({ entry: { arrived } }: Call): number {
  return MARGIN_MS + LAG_FACTOR * (arrived?.lagMs ?? 0);
}

/** Whether the operating system still held the earlier call's response unread when the later call arrived. */
export function wasUnread({ entry: { beganAt } }: Call, { entry: { unreadAt } }: Call): boolean {
  return unreadAt !== undefined && unreadAt >= beganAt;
}

/** Whether the client of the later call certainly knew the response to the earlier one. */
export function knows(later: Call, earlier: Call): boolean {
  return knowledge(later, earlier) === 'yes';
}
