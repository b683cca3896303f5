/**
 * Which connections carry a request and which are merely open, so that closing a server waits for the former only.
 * @module
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { preciseTime } from '../../runtime/clock.js';
import type { ArrivalTiming, ClientProcess, Peer } from '../../state/journal/entry.js';
import type { Judging } from '../judging/judging.js';
import { plainIp } from './client-address.js';
import { rawHeader } from './raw-header.js';
import { UnansweredRequests } from './unanswered.js';

export interface Connections {
  /** Ends those without a request now, the others once they have none. */
  end(): void;
  /** The connection of a socket. */
  of(socket: Socket): OpenConnection;
}

/** What is known of a connection while it is open. */
export class OpenConnection {
  readonly #openedAt = preciseTime();
  readonly #number: number;
  #peer: Peer | undefined;
  readonly #unanswered: UnansweredRequests;
  #ending = false;
  #ip: string | undefined;
  /** Whether what came on it could not be read: nothing that comes after is. */
  refused = false;

  /**
   * @param number of the connections of its server, from 1
   * @param judging what is done while clients are judged
   * @param failed hears of what threw at the end of a request
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

  /** What is known of the client's end. @param rawHeaders the first request's */
  peer(rawHeaders: readonly string[]): Peer {
    this.#peer ??= {
      connection: this.#number,
      openedAt: this.#openedAt,
      userAgent: rawHeader(rawHeaders, 'user-agent'),
      // Asked before the first answer: a program that has it may end.
      opener: this.judging?.processOf(this.socket),
    };
    return this.#peer;
  }

  /** The process that opened it, once it has carried a request, and where the system tells. */
  get opener(): ClientProcess | undefined {
    return this.#peer?.opener;
  }

  /** The address of whoever is at its other end; asked of the system once. */
  get ip(): string {
    this.#ip ??= plainIp(this.socket.remoteAddress);
    return this.#ip;
  }

  /**
   * Takes a request. It is listened for its end once, for all who want to know.
   *
   * @returns what is known of its arrival; `undefined` where clients are not judged
   */
  take(outgoing: ServerResponse, over: () => void): ArrivalTiming | undefined {
    this.#unanswered.add(outgoing, () => {
      if (this.#ending) this.end();
      over();
    });
    return this.judging?.arrived();
  }

  /** Ends once it carries no request. */
  end(): void {
    this.#ending = true;
    if (this.#unanswered.size === 0) this.socket.destroySoon();
  }

  /** @see UnansweredRequests.waits */
  waits(outgoing: ServerResponse): void {
    this.#unanswered.waits(outgoing);
  }

  /** @see UnansweredRequests.afterAnswers */
  afterAnswers(last: (unread: ServerResponse | undefined) => void): void {
    this.#unanswered.afterAnswers(last);
  }
}

/** Node's own `closeIdleConnections` passes over connections that have not carried any request yet, and looks only once. */
export function trackConnections(
  server: Server,
  judging?: Judging,
  failed: (error: unknown) => void = () => {},
): Connections {
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
  server.on('connection', track);
  return {
    end() {
      ending = true;
      for (const connection of open.values()) connection.end();
    },
    of: (socket) => open.get(socket) ?? track(socket),
  };
}
