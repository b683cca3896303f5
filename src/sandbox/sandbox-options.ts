/**
 * What a sandbox is made with.
 * @module
 */
import type { Provider } from '../profile/compiled/provider.js';
import type { Core, WriteLog } from './core.js';
import type { CreateStore } from './store.js';
import type { EvictedVerdict, JudgedSandbox, RunningVerdict } from './verdict/judged-sandbox.js';

/** The same for all sandboxes of a mock. */
export interface SandboxOptions {
  readonly providers: readonly Provider[];
  /** Plan of the default account, by profile. */
  readonly plans: Readonly<Record<string, string>>;
  readonly clock: { readonly frozen?: boolean; readonly now?: number };
  readonly maxBuckets?: number | undefined;
  readonly journalSize?: number | undefined;
  /** Creates the store of each sandbox; in memory, when left out. */
  readonly createStore?: CreateStore | undefined;
  /** Begins to judge its clients (`MockOptions.judge`); left out where they are not. */
  readonly judgeWith?: ((sandbox: JudgedSandbox, earlier?: EvictedVerdict) => RunningVerdict) | undefined;
  /** Whether `Prefer: code=503` is heeded; it is, when left out. */
  readonly prefer?: boolean | undefined;
  /** Hears, before it happens, of what may make the sandbox larger by so many bytes at once; infinitely many where nobody can tell. */
  readonly mayGrow?: ((bytes: number) => void) | undefined;
  readonly log: WriteLog;
  readonly deliver: Core['deliver'];
}
