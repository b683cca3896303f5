/**
 * A picture that fills a terminal: the alternate screen, without a cursor, and single keys.
 * @module
 */
import type { Screen, Terminal } from './io.js';

const OPEN = '\u001b[?1049h\u001b[?25l\u001b[2J';
const CLOSE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
/** Clears the rest of the line; the rest of the screen. */
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

const KEYS: Readonly<Record<string, string>> = {
  '\u0003': 'interrupt',
  '\u0004': 'interrupt',
  '\u001b': 'escape',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[C': 'right',
  '\u001b[D': 'left',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001bOC': 'right',
  '\u001bOD': 'left',
};

/** Names the keys in a text that a terminal sends. */
export function keysOf(text: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys are sequences that begin with ESC
  return (text.match(/\u001b(?:[[O][\d;]*[A-Za-z~])?|./gsu) ?? []).map((key) => KEYS[key] ?? key);
}

/** Opens a screen on the streams of a terminal. */
export function fillScreen(input: NodeJS.ReadStream, terminal: Terminal): Screen {
  let isOpen = true;
  input.setRawMode(true);
  input.setEncoding('utf8').resume();
  terminal.write(OPEN);
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    input.setRawMode(false);
    input.pause();
    terminal.write(CLOSE);
  };
  terminal.atExit(close);
  return {
    ...terminal,
    draw(lines) {
      if (isOpen)
        terminal.write(`${HOME}${lines.map((line) => `${line}${REST_OF_LINE}`).join('\r\n')}${REST_OF_SCREEN}`);
    },
    onKey(call) {
      input.on('data', (text) => {
        for (const key of keysOf(String(text))) call(key);
      });
    },
    close,
  };
}
