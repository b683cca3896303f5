/**
 * A place for a table that may be wider than the page.
 * @module
 */
import type { Child } from 'hono/jsx';

/** Scrolls sideways, by a keyboard as well. */
export function TableScroll({ label, children }: { readonly label: string; readonly children?: Child }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls it
    <section class="table-scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
