/**
 * What a command may do with the world outside: given to it, so that a test can stand in for a terminal.
 * @module
 */
export interface Io {
  /** To standard output. */
  out(text: string): void;
  /** To standard error. */
  err(text: string): void;
  /** A variable of the environment; an empty one is as good as none. */
  env(name: string): string | undefined;
  /** Names of all variables of the environment. */
  envNames(): readonly string[];
  /** Resolves when the program is told to end. */
  readonly stopped: Promise<void>;
  /** Whether standard output shows colours. */
  readonly colours?: boolean;
  /**
   * Runs another program in this one's terminal and environment, with these variables on top; what this one is told by signals it is told as well.
   *
   * @throws Error with the system's code (`ENOENT`) where it cannot be run
   */
  start(command: string, args: readonly string[], variables: Readonly<Record<string, string>>): Promise<ChildEnd>;
  /** The processor's time that this process has used, in milliseconds. */
  cpuMs(): number;
  /** Loaded when they are asked for. */
  processes(): Promise<Processes>;
}

/** This process and the others of this machine, as far as a lock has to know them. */
export interface Processes {
  readonly pid: number;
  /** Name of the machine. */
  readonly host: string;
  /** Tells a process from a later one that has the same number; `undefined`: there is no process of that number. */
  mark(pid: number): string | undefined;
}

/** How a program ended: by itself, or by a signal (`SIGTERM`) of that number. */
export type ChildEnd = { readonly code: number } | { readonly signal: string; readonly number: number };
