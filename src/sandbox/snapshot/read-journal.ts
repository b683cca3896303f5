/**
 * Reads the journal of a snapshot.
 * @module
 */
import { suggest } from '../../profile/errors.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { Fact } from '../../state/journal/fact.js';
import { entryFacts } from '../../state/journal/facts.js';
import type { Node } from './node.js';

const facts = Object.entries(entryFacts) as [string, Fact<unknown>][];
const required = facts.filter(([, fact]) => !('absent' in fact)).map(([name]) => name);
const optional = facts.filter(([, fact]) => 'absent' in fact).map(([name]) => name);

/** The entries, oldest first. @param profiles ids of what is served @throws Problem */
export function readJournal(node: Node, profiles: readonly string[]): JournalEntry[] {
  return node.list().map((item) => {
    const read: Readonly<Record<string, Node | undefined>> = item.fields(required, optional);
    const profile = read['profile']!.text();
    if (!profiles.includes(profile))
      read['profile']!.wrong(`no profile "${profile}" is served; ${suggest(profile, profiles)}`, 'unknown-profile');
    return Object.fromEntries(
      facts.map(([name, fact]) => {
        const value = read[name];
        return [name, value === undefined ? fact.absent : fact.load(value)];
      }),
    ) as unknown as JournalEntry;
  });
}
