/**
 * The inputs that are written to the shared log, and their text. Everything that changes a sandbox is one of these.
 * @module
 */
import { isUtf8 } from 'node:buffer';
import type { ReplicableArrival } from '../http/replicator.js';
import { rawHeader } from '../http/socket/raw-header.js';
import { NO_BODY, ReceivedBody, TOO_LARGE } from '../openapi/request/body/received.js';
import type { DeliveryResult } from '../sandbox/core.js';
import type { ArrivalTiming, Peer } from '../state/journal/entry.js';

/** Is increased when another version would misread a log. */
export const LOG_VERSION = 2;

/**
 * A body as it is written: `0`: none; `1`: larger than the server accepts; else its text or, if it is not UTF-8, its bytes in base64, and the limit in bytes (`null`: none).
 */
type BodyText =
  | 0
  | 1
  | readonly [text: string, limit: number | null]
  | readonly [base64: string, limit: number | null, 1];

/** The fields of a request. Instants are epoch ms of the store, with fractions. */
type RequestFields = readonly [
  method: string,
  path: string,
  rawQuery: string,
  rawHeaders: readonly string[],
  ip: string,
  base: string,
  body: BodyText,
  beganAt: number,
  arrived: ArrivalTiming | 0,
  peer: Peer | 0,
];

/** One input. `n` numbers the requests and operations of a member. */
export type Input =
  /** The log begins: the clocks of the sandboxes start at the time of this input. */
  | readonly ['begin']
  /** A request to a provider. */
  | readonly ['request', n: number, sandbox: string, profile: string, fields: RequestFields]
  /** The response to a request has been sent at `leftAt`, or its client was gone (`lost`). */
  | readonly ['done', n: number, leftAt: number, lost: 0 | 1]
  /** An operation of the control API. */
  | readonly ['operation', n: number, sandbox: string, name: string, args: readonly unknown[]]
  /** A sandbox is removed. */
  | readonly ['remove', n: number, sandbox: string]
  /** Sandboxes are used: created, or kept. */
  | readonly ['use', sandboxes: readonly string[]]
  /** What became known of an answer: when it left (`null`: it was never sent), that it was unread, or that its client slept after reading it. */
  | readonly ['note', sandbox: string, row: number, kind: 'left' | 'unread' | 'readBy', at: number | null]
  /** The result of a delivery: the `call`th of all. */
  | readonly ['delivered', call: number, result: DeliveryResult];

/** A request as every replica handles it. */
export class ReplicatedArrival implements ReplicableArrival {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly rawHeaders: readonly string[];
  readonly ip: string;
  readonly body: ReceivedBody;
  readonly beganAt: number;
  readonly arrived: ArrivalTiming | undefined;
  readonly peer: Peer | undefined;
  readonly #base: string;

  constructor(
    [method, path, rawQuery, rawHeaders, ip, base, , beganAt, arrived, peer]: RequestFields,
    body: ReceivedBody,
  ) {
    this.method = method;
    this.path = path;
    this.rawQuery = rawQuery;
    this.rawHeaders = rawHeaders;
    this.ip = ip;
    this.#base = base;
    this.body = body;
    this.beganAt = beganAt;
    this.arrived = arrived === 0 ? undefined : arrived;
    this.peer = peer === 0 ? undefined : peer;
  }

  header(name: string): string | undefined {
    return rawHeader(this.rawHeaders, name);
  }

  base(): string {
    return this.#base;
  }
}

/** How a replica's measurements are told to the others. */
export interface Translation {
  /** The store's time at an instant of this machine. */
  readonly time: (local: number) => number;
  /** Number of this member. */
  readonly member: number;
}

/** Connections of one member. Their numbers are unique among all members. A member's number has 11 digits, and a number is exact up to 16. */
const CONNECTIONS_PER_MEMBER = 1e5;

/** The fields of a request that has arrived at this replica. @param peerOf the peer in the terms of all replicas */
export function fieldsOf(
  arrival: ReplicableArrival,
  { time }: Translation,
  peerOf: (peer: Peer) => Peer,
): RequestFields {
  const { method, path, rawQuery, rawHeaders, ip, body, arrived, peer } = arrival;
  return [
    method,
    path,
    rawQuery,
    rawHeaders,
    ip,
    arrival.base(),
    writeBody(body),
    time(arrival.beganAt!),
    arrived === undefined ? 0 : { ...arrived, earliestAt: time(arrived.earliestAt) },
    peer === undefined ? 0 : peerOf(peer),
  ];
}

/** A peer in the terms of all replicas. */
export function translatePeer(peer: Peer, { time, member }: Translation): Peer {
  const { connection, openedAt, opener } = peer;
  return {
    ...peer,
    connection: member * CONNECTIONS_PER_MEMBER + connection,
    openedAt: time(openedAt),
    opener: opener && { ...opener, startedAt: time(opener.startedAt) },
  };
}

function writeBody(body: ReceivedBody): BodyText {
  const { bytes, limit, tooLarge } = body;
  if (tooLarge) return 1;
  if (bytes.length === 0) return 0;
  const finite = Number.isFinite(limit) ? limit : null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(bytes) ? [buffer.toString(), finite] : [buffer.toString('base64'), finite, 1];
}

/** The body of a request that has arrived at another replica. */
export function readBody(written: BodyText): ReceivedBody {
  if (written === 0) return NO_BODY;
  if (written === 1) return TOO_LARGE;
  const [text, limit, isBase64] = written;
  return new ReceivedBody(Buffer.from(text, isBase64 ? 'base64' : 'utf8'), limit ?? Number.POSITIVE_INFINITY);
}

/** The number of the body in the fields of a request. */
export const BODY_FIELD = 6;
