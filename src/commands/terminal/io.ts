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
  /** Columns of the terminal of standard output; `undefined` if that is none. */
  readonly columns?: (() => number | undefined) | undefined;
  /** The terminal of standard error; `undefined` if that is none. */
  readonly terminal?: Terminal | undefined;
  /** Takes over the terminal of standard input and output for a picture that fills it; `undefined` if they are none. Loaded on demand. */
  readonly openScreen?: (() => Promise<Screen>) | undefined;
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

/** A terminal. */
export interface Terminal {
  /** Its current width and height, in characters. */
  size(): { readonly columns: number; readonly rows: number };
  readonly colours: boolean;
  /** Writes at once, in the order of everything else that this process writes. */
  write(text: string): void;
  /** Calls a function when the process ends, however it does. @returns a function that ends it */
  atExit(call: () => void): () => void;
  /** Calls a function when the size changes. @returns a function that ends it */
  onResize(call: () => void): () => void;
}

/** A terminal that a program fills and in which it hears single keys. */
export interface Screen extends Terminal {
  /** Replaces what the screen shows. @param lines at most as many as it has rows */
  draw(lines: readonly string[]): void;
  /** Calls a function with each key: a character, or `up`, `down`, `left`, `right`, `escape`, `interrupt`. */
  onKey(call: (key: string) => void): void;
  /** Restores what the terminal showed before. May be called more than once. */
  close(): void;
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
