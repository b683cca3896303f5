/**
 * Inherited evidence: an entry without its own evidence has that of its block, under the top-level key `evidence`, or else the default there.
 *
 * After a profile is parsed, every entry has evidence, so that nothing else needs to know that it may be inherited.
 * @module
 */
import { z } from 'zod';
import { evidence } from './basics.js';

/** The blocks of a profile whose entries have evidence. `one`: the block is the entry; `each`: it is a map or list of entries; otherwise the parts that are. */
const BLOCKS = {
  callers: { credentials: 'each', anonymous: 'one' },
  accounts: 'one',
  plans: 'each',
  policies: 'each',
  headers: 'each',
  errors: 'each',
  guards: 'each',
  requestId: 'one',
  cache: 'one',
  etag: 'one',
  idempotency: 'one',
  collections: 'each',
  operations: 'each',
  webhooks: { signature: 'one', retries: 'one', events: 'each' },
  advice: 'each',
  variants: 'each',
  claims: 'each',
} as const satisfies Readonly<Record<string, Shape>>;

type Shape = 'one' | 'each' | Readonly<Record<string, 'one' | 'each'>>;

/** The name of a block whose entries have evidence. */
export type EvidenceBlock = keyof typeof BLOCKS;

/** The names of all blocks whose entries have evidence. */
export const EVIDENCE_BLOCKS = Object.keys(BLOCKS) as EvidenceBlock[];

/** Keys within a block that are no entries. */
const NO_ENTRIES: ReadonlySet<string> = new Set(['without']);

/** The schema of the top-level key `evidence`. */
export const inheritedEvidence = z
  .strictObject({
    default: evidence.optional().describe('Evidence of every entry that has no other'),
    ...(Object.fromEntries(
      EVIDENCE_BLOCKS.map((block) => [
        block,
        evidence.optional().describe(`Evidence of the entries of ${block} that have none of their own`),
      ]),
    ) as Record<EvidenceBlock, z.ZodOptional<typeof evidence>>),
  })
  .default({})
  .describe('Evidence that entries inherit: that of their block, or else the default');

type Path = readonly PropertyKey[];

/** A profile in which the inherited evidence is marked, and how to put it in once the profile is parsed. */
export interface Inheritance {
  /** The profile with some valid evidence in each entry that inherits it, so that it can be parsed. Faults of inherited evidence are found where it is written. */
  readonly value: unknown;
  /** Puts the inherited evidence into the parsed profile. All entries that inherit the same have the same object. */
  apply(profile: { readonly evidence: z.output<typeof inheritedEvidence> }): void;
}

const PLACEHOLDER = { level: 'assumed' } as const;

/** Finds the entries that inherit evidence. @param value a profile as it is written */
export function inheritEvidence(value: unknown): Inheritance {
  const given = isRecord(value) ? value['evidence'] : undefined;
  if (!isRecord(value) || given === undefined) return { value, apply: () => {} };
  const heirs: { readonly path: Path; readonly block: EvidenceBlock }[] = [];
  let filled: Record<string, unknown> = value;
  for (const block of EVIDENCE_BLOCKS) {
    if (!Object.hasOwn(value, block)) continue;
    // Where `evidence` itself is wrong, only that is to be said.
    if (isRecord(given) && given[block] === undefined && given['default'] === undefined) continue;
    const inner = fill(value[block], BLOCKS[block], [block], block === 'claims', (path) => heirs.push({ path, block }));
    if (inner !== value[block]) filled = { ...filled, [block]: inner };
  }
  return {
    value: filled,
    apply(profile) {
      for (const { path, block } of heirs) {
        const inherited = profile.evidence[block] ?? profile.evidence.default;
        const entry = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], profile);
        if (block === 'claims') Object.assign(entry as object, { ...inherited, ...withoutLevel(entry as object) });
        else (entry as Record<string, unknown>)['evidence'] = inherited;
      }
    },
  };
}

/** Fills the entries of a block. @param isClaim whether the keys of evidence stand in the entry itself */
function fill(value: unknown, shape: Shape, path: Path, isClaim: boolean, found: (path: Path) => void): unknown {
  if (typeof shape === 'object') {
    if (!isRecord(value)) return value;
    return mapped(value, (inner, key) =>
      shape[key] === undefined ? inner : fill(inner, shape[key], [...path, key], isClaim, found),
    );
  }
  if (Array.isArray(value)) return value.map((item, i) => fill(item, 'one', [...path, i], isClaim, found));
  if (!isRecord(value)) return value;
  if (shape === 'each')
    return mapped(value, (inner, key) =>
      NO_ENTRIES.has(key) ? inner : fill(inner, 'one', [...path, key], isClaim, found),
    );
  const key = isClaim ? 'level' : 'evidence';
  if (Object.hasOwn(value, key)) return value;
  found(path);
  return { ...value, [key]: isClaim ? PLACEHOLDER.level : PLACEHOLDER };
}

/** How to mend an entry without evidence; `undefined` if the path is not that of evidence. */
export function evidenceFix(path: Path): string | undefined {
  const [block] = path;
  const isKnown = (EVIDENCE_BLOCKS as readonly PropertyKey[]).includes(block!);
  if (!isKnown || path.at(-1) !== (block === 'claims' ? 'level' : 'evidence')) return undefined;
  const own = block === 'claims' ? 'documented, inferred, assumed' : '(a map of level, source, note)';
  return `add it${block === 'claims' ? ':' : ''} ${own}; or write it once for all entries, as evidence.${String(block)} or evidence.default`;
}

function withoutLevel({ level: _, ...entry }: { level?: unknown }): object {
  return entry;
}

function mapped(
  value: Readonly<Record<string, unknown>>,
  change: (inner: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
