/**
 * A modal dialog. The browser keeps the focus in it, closes it with Escape and gives the focus back.
 * @module
 */
import type { Child } from 'hono/jsx';
import { useLayoutEffect, useRef } from 'hono/jsx/dom';

/** An open dialog; it is shown as long as it is rendered. */
export function Dialog({
  title,
  kind,
  onClose,
  children,
}: {
  readonly title: string;
  /** `sheet`: at the right edge; `box`: in the middle. */
  readonly kind: 'sheet' | 'box';
  readonly onClose: () => void;
  readonly children?: Child;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current!;
    const before = document.activeElement as HTMLElement | null;
    dialog.showModal();
    // The browser would focus the first button, which closes the dialog.
    dialog.querySelector('input')?.focus();
    return () => {
      if (before?.isConnected) before.focus();
    };
  }, []);
  const closeOutside = (event: Event) => {
    if (event.target === ref.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes a dialog with Escape
    <dialog ref={ref} class={kind} aria-label={title} onClose={onClose} onClick={closeOutside}>
      <div class="dialog-body">
        <header>
          <h2>{title}</h2>
          <button type="button" class="quiet" aria-label="Close" onClick={onClose}>
            ✕
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
