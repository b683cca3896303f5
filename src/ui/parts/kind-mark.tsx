/**
 * The mark of a kind of request, as the timeline draws it.
 * @module
 */
import type { Kind } from '../model/marks.js';

/** The words for the kinds. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  admitted: 'admitted',
  refused: 'refused',
  failed: 'failed',
  free: 'free',
};

/** The shape of a kind. It differs from kind to kind, so that nobody depends on the colours. */
export function KindMark({ kind }: { readonly kind: Kind }) {
  return (
    <svg class={`kind kind-${kind}`} viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">
      {kind === 'admitted' ? <circle r="4.5" /> : null}
      {kind === 'refused' ? <path d="M0-6 6 0 0 6-6 0z" /> : null}
      {kind === 'failed' ? <path class="stroke" d="M-4-4 4 4M4-4-4 4" /> : null}
      {kind === 'free' ? <circle class="stroke" r="4" /> : null}
    </svg>
  );
}
