/**
 * Programs that are run to their end for what they print.
 * @module
 */
import { execFile } from 'node:child_process';

/** @throws where it fails or takes too long */
export function output(command: readonly string[], timeoutMs: number): Promise<string> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 } as const;
    execFile(program!, args, options, (error, stdout, stderr) =>
      error ? reject(new Error(`${program} failed: ${stderr.trim() || error.message}`)) : resolve(stdout),
    );
  });
}
