/**
 * Programs in a pseudo-terminal, made by Python's standard library.
 * @module
 */
import { spawn } from 'node:child_process';
import { afterEach } from 'vitest';

/** Opens a pseudo-terminal of a size, runs the command in it, and copies both ways; ends with its exit code. */
const PROGRAM = `
import fcntl, os, pty, select, signal, struct, sys, termios
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, frame: os.kill(pid, number))
sources = [master, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        keys = os.read(0, 1024)
        if keys: os.write(master, keys)
        else: sources.remove(0)
    if master in ready:
        try: data = os.read(master, 65536)
        except OSError: data = b''
        if not data: break
        os.write(1, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
`;

/** A program that runs in a pseudo-terminal. */
export interface PtyProgram {
  /** All that the terminal was sent. */
  readonly output: string;
  /** Resolves with the match once the output has it; rejects when the program ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Types keys. */
  type(keys: string): void;
  /** Sends the program a signal. */
  signal(name: 'SIGTERM' | 'SIGHUP'): void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

const running = new Set<() => void>();

/** For each file that uses it: nothing that was started goes on. */
export function endPtyPrograms(): void {
  afterEach(() => {
    for (const end of running) end();
    running.clear();
  });
}

/** Runs a command in a pseudo-terminal. @param env on top of an environment without settings of colours */
export function startInPty(
  command: readonly string[],
  size: { columns: number; rows: number },
  env: Record<string, string> = {},
): PtyProgram {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:MOCK429_|NO_COLOR|FORCE_COLOR|NODE_|VITEST|CI$)/.test(name),
  );
  const child = spawn('python3', ['-c', PROGRAM, String(size.columns), String(size.rows), ...command], {
    env: { ...Object.fromEntries(own), TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(() => child.kill('SIGKILL'));
  let output = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    get output() {
      return output;
    },
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(output);
          if (match) resolve(match);
        };
        watchers.add(watch);
        watch();
        void ended.then((code) => reject(new Error(`ended with ${code}: ${output}`)));
      }),
    type: (keys) => child.stdin.write(keys),
    signal: (name) => child.kill(name),
    ended,
  };
}
