/**
 * The interface between the HTTP layer and the replicas of a server. A server without a shared store has no replicator, and handles everything at once.
 * @module
 */
import type { Port } from '../sandbox/core.js';
import type { Answer } from '../sandbox/exchange/answer.js';
import type { Arrival } from '../sandbox/exchange/request.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { JournalStore } from '../state/store.js';

/** What later becomes known of an answer that is recorded in the journal. */
export type AnswerNotes = Pick<JournalStore, 'left' | 'unread' | 'readBy'>;

/** Why the server cannot answer: the shared store does not work. */
export interface StoreFailure {
  /** What happened and what helps, in one sentence. */
  readonly detail: string;
  /** What clients get: a 503, or a closed connection. */
  readonly answer: '503' | 'refuse';
}

/** Receives the answer to a request. One of the methods is called, once. */
export interface ReplicatedRequest {
  /** The request has its place in the order of all replicas, and has been handled. */
  handled(answer: Answer | Promise<Answer>, sandbox: Sandbox): void;
  /** The request was not handled. */
  failed(failure: StoreFailure): void;
  /** An error of mock429 itself. */
  broken(error: unknown): void;
}

/** A request whose fields can be sent to other replicas. */
export interface ReplicableArrival extends Arrival {
  /** Header names and values alternating, as they arrived. */
  readonly rawHeaders: readonly string[];
  base(): string;
}

/** Gives each request and each operation its place in one order, in which all replicas apply them. */
export interface Replicator {
  /** Handles a request to a provider. @param sandbox name of the sandbox; empty for the main one @param profile id of the profile */
  request(sandbox: string, profile: string, arrival: ReplicableArrival, port: Port, receiver: ReplicatedRequest): void;
  /** Performs an operation that changes a sandbox. @returns its result on this replica @throws Problem as the operation; 503 if the store does not work */
  operate(sandbox: string, operation: string, args: readonly unknown[]): Promise<unknown>;
  /** Removes a sandbox everywhere. @throws Problem */
  removeSandbox(name: string): Promise<void>;
  /** Resolves once this replica has applied everything that was answered before, and the sandbox exists. @throws Problem 503 if the store does not work */
  catchUp(sandbox: string): Promise<void>;
  /** Where notes on the answers of a sandbox go. */
  notesOf(sandbox: Sandbox): AnswerNotes;
  /**
   * Leaves the other replicas before the server stops: the requests of this replica end everywhere, and those of others end here. What is answered afterwards changes
   * nothing for the others. Resolves once what was under way is in the log.
   */
  leave(): Promise<void>;
  /** Why requests are not answered now; `undefined` while they are. */
  readonly failure: StoreFailure | undefined;
}
