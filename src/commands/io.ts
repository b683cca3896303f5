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
  /** Resolves when the program is told to end. */
  readonly stopped: Promise<void>;
}
