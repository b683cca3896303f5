/**
 * The command `mock429 explain`.
 * @module
 */
import { openReference } from '../profile/document/reference.js';
import { explainProfile } from '../profile/explain/profile.js';
import type { Io } from './terminal/io.js';

/** Flags of the command. */
export interface ExplainFlags {
  readonly variant?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
}

/** Prints the rules of a profile in English; of a document alone, that it has none. @throws ProfileError */
export async function explain(reference: string, { variant = [], json = false }: ExplainFlags, io: Io): Promise<void> {
  const provider = await openReference(reference, { variants: variant });
  const lines = explainProfile(provider);
  if (!json) {
    io.out(`${lines.join('\n')}\n`);
    return;
  }
  const { id, profile, variants } = provider;
  io.out(`${JSON.stringify({ id, title: profile.title, variants, explanation: lines }, null, 2)}\n`);
}
