/**
 * Hooks of the components.
 * @module
 */
import { useLayoutEffect, useRef, useState } from 'hono/jsx/dom';
import type { Store } from '../data/store.js';

/** Renders the component again when the state has changed. */
export function useStore(store: Store): void {
  const [, render] = useState(0);
  useLayoutEffect(() => store.subscribe(() => render((count: number) => count + 1)), []);
}

/** The size of an element in pixels, as it changes. */
export function useSize<T extends HTMLElement>(): {
  readonly ref: { current: T | null };
  readonly width: number;
  readonly height: number;
} {
  const ref = useRef<T>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((known: { width: number; height: number }) =>
        known.width === width && known.height === height ? known : { width, height },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, ...size };
}
