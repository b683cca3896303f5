/**
 * The interface between the commands and the process. A test can replace it.
 * @module
 */

/** The process, as a command sees it. */
export interface Io {
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** An environment variable; an empty one counts as not set. */
  env(name: string): string | undefined;
  /** Names of all environment variables. */
  envNames(): readonly string[];
  /** Resolves when a signal asks the program to stop. */
  readonly stopped: Promise<void>;
  /** Whether standard output supports colours. */
  readonly colours?: boolean;
  /**
   * Runs another program in this terminal and environment, with additional variables. Signals are forwarded to it.
   *
   * @throws Error with the system's code (`ENOENT`) where it cannot be run
   */
  start(command: string, args: readonly string[], variables: Readonly<Record<string, string>>): Promise<ChildEnd>;
  /** Processor time of this process, in milliseconds. */
  cpuMs(): number;
  /** Process information for locks; loaded on demand. */
  processes(): Promise<Processes>;
}

/** The processes of this machine, as far as a lock needs them. */
export interface Processes {
  readonly pid: number;
  /** Host name. */
  readonly host: string;
  /** A mark that distinguishes a process from a later one with the same id; `undefined` where there is no such process. */
  mark(pid: number): string | undefined;
}

/** How a program ended: with an exit code, or by a signal (name such as `SIGTERM`, and number). */
export type ChildEnd = { readonly code: number } | { readonly signal: string; readonly number: number };
