/**
 * Selects the media type of the document by which a body is read.
 * @module
 */
import { type ContentKind, contentKind, essence, matchesRange } from '../../media-type.js';

/** A media type of the document, and how the body is read. */
export interface SelectedMedia {
  /** As the document writes it; `undefined` if it lists none. */
  readonly type: string | undefined;
  readonly kind: ContentKind;
}

/** Kinds of which one media type is read like another. */
const ALIKE: readonly ContentKind[] = ['json', 'xml'];

/** Selects a media type. @param types those of the document @param given the Content-Type header field @returns `undefined` if the document has no such type */
export function selectMedia(types: readonly string[], given: string | undefined): SelectedMedia | undefined {
  if (given === undefined || given.trim() === '') return withoutType(types);
  const kind = contentKind(given);
  if (types.length === 0) return { type: undefined, kind };
  const whole = normal(given);
  const type =
    types.find((one) => normal(one) === whole) ??
    types.find((one) => essence(one) === essence(given)) ??
    types.filter((one) => matchesRange(one, given)).sort((a, b) => rangeWidth(a) - rangeWidth(b))[0] ??
    (ALIKE.includes(kind) ? types.find((one) => contentKind(one) === kind) : undefined);
  return type === undefined ? undefined : { type, kind };
}

/** A body without a type is of the document's type; JSON if it has several. */
function withoutType(types: readonly string[]): SelectedMedia {
  const type = types.find((one) => contentKind(one) === 'json') ?? types[0];
  return { type, kind: type === undefined ? 'json' : contentKind(type) };
}

function normal(type: string): string {
  return type.toLowerCase().replace(/\s|"/g, '');
}

function rangeWidth(range: string): number {
  return range.startsWith('*') ? 2 : range.includes('*') ? 1 : 0;
}
