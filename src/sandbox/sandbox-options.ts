/**
 * The options of a sandbox.
 * @module
 */
import type { Provider } from '../profile/compiled/provider.js';
import type { Core, SandboxHooks, WriteLog } from './core.js';
import type { CreateStore } from './store.js';
import type { EvictedVerdict, JudgedSandbox, RunningVerdict } from './verdict/judged-sandbox.js';

/** The editions of the served profiles: each with the options of the server, and other variants. */
export interface Editions {
  /** Reads an edition; the same one again for the same variants. @throws ProfileError if the variants cannot be active together */
  open(profile: string, variants: readonly string[]): Promise<Provider>;
  /** An edition that has been read; `undefined` if it has not. */
  loaded(profile: string, variants: readonly string[]): Provider | undefined;
}

/** The options of a sandbox. All sandboxes of a mock share them. */
export interface SandboxOptions {
  readonly providers: readonly Provider[];
  /** Plan of the default account, by profile. */
  readonly plans: Readonly<Record<string, string>>;
  readonly clock: { readonly frozen?: boolean; readonly now?: number };
  /** Buckets per policy before the least recently used are evicted. */
  readonly maxBuckets?: number | undefined;
  /** Entries in the journal. */
  readonly journalSize?: number | undefined;
  /** Creates the store of each sandbox. Default: in memory. */
  readonly createStore?: CreateStore | undefined;
  /** Starts judging the sandbox's clients (`MockOptions.judge`). Omitted if clients are not judged. */
  readonly judgeWith?: ((sandbox: JudgedSandbox, earlier?: EvictedVerdict) => RunningVerdict) | undefined;
  /** Whether `Prefer: code=503` is honoured. Default: `true`. */
  readonly prefer?: boolean | undefined;
  /** Is called before an action that may add this many bytes to the sandbox at once; `Infinity` if the size is unknown. */
  readonly mayGrow?: ((bytes: number) => void) | undefined;
  /** Reads profiles with other variants. Omitted: the variants of a sandbox cannot be changed. */
  readonly editions?: Editions | undefined;
  readonly log: WriteLog;
  /** Functions that the sandboxes call; none by default. */
  readonly hooks?: SandboxHooks | undefined;
  readonly deliver: Core['deliver'];
  /** Whether other processes hold the same sandboxes. What is local to a process, such as its listeners, then decides nothing. */
  readonly isReplicated?: boolean | undefined;
}
