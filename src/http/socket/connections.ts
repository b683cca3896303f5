/**
 * Tracks the open connections and their requests. Closing the server waits only for connections that carry a request.
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { preciseTime } from '../../runtime/clock.js';
import type { ArrivalTiming, ClientProcess, Peer } from '../../state/journal/entry.js';
import type { Judging } from '../judging/judging.js';
import { plainIp } from './client-address.js';
import { rawHeader } from './raw-header.js';
import { UnansweredRequests } from './unanswered.js';

/** The open connections of a server. */
export interface Connections {
  /** Adds a connection that was just opened. */
  track(socket: Socket): OpenConnection;
  /** Forgets a connection that something else uses from now on. */
  release(socket: Socket): void;
  /** Ends idle connections at once, and the others after their last answer. */
  end(): void;
  /** Returns the connection of a socket. */
  of(socket: Socket): OpenConnection;
  /** The clients' ends of the connections: `address port`. */
  peers(): ReadonlySet<string>;
  /** Closes all connections at once. */
  destroy(): void;
}

/** State of an open connection. */
export class OpenConnection {
  readonly #openedAt = preciseTime();
  readonly #number: number;
  #peer: Peer | undefined;
  readonly #unanswered: UnansweredRequests;
  #ending = false;
  #ip: string | undefined;
  /** Whether input on this connection could not be parsed. Nothing that follows is read. */
  refused = false;
  /** Ends the connection once its exchanges have ended, in place of closing the socket. Set by HTTP/2. */
  closeGently: (() => void) | undefined;

  /**
   * @param number sequence number of the connection on its server, from 1
   * @param judging measurements for the verdict, while clients are judged
   * @param failed receives errors that an end-of-request listener throws
   */
  constructor(
    readonly socket: Socket,
    number: number,
    readonly judging: Judging | undefined,
    failed: (error: unknown) => void,
  ) {
    this.#number = number;
    this.#unanswered = new UnansweredRequests(socket, failed);
  }

  /** Describes the client's end of the connection. @param rawHeaders headers of the first request */
  peer(rawHeaders: readonly string[]): Peer {
    this.#peer ??= {
      connection: this.#number,
      openedAt: this.#openedAt,
      userAgent: rawHeader(rawHeaders, 'user-agent'),
      // Look up the process before the first answer: a client that has its answer may exit.
      opener: this.judging?.processOf(this.socket),
    };
    return this.#peer;
  }

  /** The process that opened the connection. Known after the first request, where the operating system reports it. */
  get opener(): ClientProcess | undefined {
    return this.#peer?.opener;
  }

  /** Whether the connection is encrypted. */
  get isSecure(): boolean {
    return 'encrypted' in this.socket;
  }

  /** The client's address. The getter reads it from the socket once. */
  get ip(): string {
    this.#ip ??= plainIp(this.socket.remoteAddress);
    return this.#ip;
  }

  /**
   * Registers a request. One listener per request reports its end to all callers.
   *
   * @returns timing of the arrival; `undefined` where clients are not judged
   */
  take(outgoing: ServerResponse, onEnd: () => void): ArrivalTiming | undefined {
    this.#unanswered.add(outgoing, () => {
      if (this.#ending) this.end();
      onEnd();
    });
    return this.judging?.arrived();
  }

  /** Closes the connection once it carries no request. */
  end(): void {
    this.#ending = true;
    if (this.closeGently) this.closeGently();
    else if (this.#unanswered.size === 0) this.socket.destroySoon();
  }

  /** Whether the newest unanswered request has not been received completely. */
  get isIncomplete(): boolean {
    return this.#unanswered.isIncomplete;
  }

  /** Marks a response as delayed; see `UnansweredRequests.markDelayed`. */
  markDelayed(outgoing: ServerResponse): void {
    this.#unanswered.markDelayed(outgoing);
  }

  /** Calls back after the last answer; see `UnansweredRequests.afterAnswers`. */
  afterAnswers(last: (unread: ServerResponse | undefined) => void): void {
    this.#unanswered.afterAnswers(last);
  }
}

/**
 * Tracks connections.
 *
 * Node's `closeIdleConnections()` skips connections that have not carried a request yet, and it checks only once.
 *
 * @param failed receives errors that an end-of-request listener throws
 */
export function trackConnections(judging?: Judging, failed: (error: unknown) => void = () => {}): Connections {
  let opened = 0;
  const open = new Map<Socket, OpenConnection>();
  let ending = false;
  const track = (socket: Socket) => {
    opened += 1;
    const connection = new OpenConnection(socket, opened, judging, failed);
    judging?.opened();
    open.set(socket, connection);
    socket.once('close', () => open.delete(socket));
    if (ending) connection.end();
    return connection;
  };
  return {
    track,
    end() {
      ending = true;
      for (const connection of open.values()) connection.end();
    },
    of: (socket) => open.get(socket) ?? track(socket),
    release: (socket) => void open.delete(socket),
    peers: () => new Set([...open.keys()].map((socket) => `${socket.remoteAddress} ${socket.remotePort}`)),
    destroy() {
      for (const socket of open.keys()) socket.destroy();
    },
  };
}
