/**
 * How a provider is loaded repeatedly.
 * @module
 */
import type { Provider } from '../profile/compiled/provider.js';

/** A profile with its overlay or a document, and how to load it repeatedly. */
export interface ProfileSource {
  /** As the option names it: an id, a path or a URL. */
  readonly reference: string;
  /**
   * Loads it.
   *
   * @param variants the active variants in place of those of the options; such a call does not change `read`
   * @throws ProfileError
   */
  open(variants?: readonly string[]): Promise<Provider>;
  /** Sets the id of a document that is served alone. Unset for a profile, which has its own. */
  keepId?(id: string): void;
  /**
   * The texts that the latest call of `open` without variants has read, whether it succeeded or failed: text by absolute file path, `undefined` where the file could not be
   * read. A file that
   * differs from its text has been edited since.
   */
  readonly read: ReadonlyMap<string, string | undefined>;
}
