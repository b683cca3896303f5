#!/usr/bin/env node
/**
 * The program: the only part that talks to the process. What it does is in `commands`.
 * @module
 */
import { buffered } from './commands/buffered.js';
import { run } from './commands/program.js';

const stopped = new Promise<void>((resolve) => {
  const stop = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    resolve();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
});

const err = buffered((text) => process.stderr.write(text));
process.on('exit', err.flush);

const code = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err,
  env: (name) => process.env[name] || undefined,
  stopped,
});
// What was printed may still be on its way to a pipe.
process.stdout.write('', () => process.exit(code));
