/**
 * Evidence: how certain a rule is.
 * @module
 */
import type { Profile } from '../schema/schema.js';

/** How certain a rule is. `documented`: a page says it; `inferred`: it follows from a page; `assumed`: no page says it, and it was chosen. */
export interface Evidence {
  readonly level: 'documented' | 'inferred' | 'assumed';
  /** Id of the source. */
  readonly source?: string | undefined;
  readonly note?: string | undefined;
}

/** A page that evidence refers to. */
export interface SourceReference {
  readonly id: string;
  readonly title: string;
  readonly url?: string | undefined;
  readonly date?: string | undefined;
}

/** The page of some evidence; `null` if it names none. */
export function sourceOf({ source }: Evidence, { sources }: Pick<Profile, 'sources'>): SourceReference | null {
  const known = source === undefined ? undefined : sources[source];
  return known === undefined ? null : { id: source!, ...known };
}

/** Evidence in English: `Documented: “Rate limits”, https://klinky.example/docs/limits (2026-05-12); window start inferred.` */
export function evidenceInWords({ level, note }: Evidence, source: SourceReference | null): string {
  const head = level.charAt(0).toUpperCase() + level.slice(1);
  const url = source?.url === undefined ? '' : `, ${source.url}`;
  const date = source?.date === undefined ? '' : ` (${source.date})`;
  const page = source === null ? '' : `“${source.title}”${url}${date}`;
  const parts = [page, note ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? `${head}.` : `${head}: ${parts.join('; ')}.`;
}
