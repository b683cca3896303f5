/**
 * The hash after a name that several share.
 * @module
 */

/** Shows the first characters of a hash; nothing where none is needed. */
export function HashMark({ hash }: { readonly hash: string | undefined }) {
  return hash === undefined ? null : (
    <span class="hash muted" title={`Several are written alike; this one's hash begins with ${hash}`}>
      #{hash}
    </span>
  );
}
