/**
 * Terminals that exist in memory only.
 * @module
 */
import type { Screen, Terminal } from '../../src/commands/terminal/io.js';

/** A terminal that records what is written to it. */
export function fakeTerminal(columns: number, rows: number) {
  let size = { columns, rows };
  const written: string[] = [];
  const resized = new Set<() => void>();
  const exits = new Set<() => void>();
  const terminal: Terminal = {
    size: () => size,
    colours: false,
    write: (text) => void written.push(text),
    atExit(call) {
      exits.add(call);
      return () => exits.delete(call);
    },
    onResize(call) {
      resized.add(call);
      return () => resized.delete(call);
    },
  };
  return {
    terminal,
    written,
    resize(to: { columns: number; rows: number }) {
      size = to;
      for (const call of resized) call();
    },
    exit() {
      for (const call of exits) call();
    },
    /** How many functions wait for a new size or for the end. */
    listeners: () => resized.size + exits.size,
  };
}

/** A screen that records its pictures and takes keys from a test. */
export function fakeScreen(columns: number, rows: number) {
  const fake = fakeTerminal(columns, rows);
  const pictures: string[][] = [];
  const waiting = new Set<() => void>();
  let press: (key: string) => void = () => {};
  let isClosed = false;
  const screen: Screen = {
    ...fake.terminal,
    draw(lines) {
      pictures.push([...lines]);
      for (const look of waiting) look();
    },
    onKey(call) {
      press = call;
    },
    close() {
      isClosed = true;
    },
  };
  return {
    ...fake,
    screen,
    pictures,
    press: (key: string) => press(key),
    closed: () => isClosed,
    /** The newest picture, once there is one that fits. */
    shown: (fits: (picture: readonly string[]) => boolean) =>
      new Promise<readonly string[]>((resolve) => {
        const look = () => {
          const last = pictures.at(-1);
          if (last && fits(last)) resolve(last);
        };
        waiting.add(look);
        look();
      }),
  };
}
