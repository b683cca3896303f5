/**
 * Profiles and OpenAPI documents that have been damaged, and what `validate` makes of them.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Finding, Task } from './document-child.js';
import { NAMES } from './json.js';
import { busySeconds } from './processor.js';
import { ROOT } from './providers.js';
import { Random } from './random.js';

/** Seconds of the processor that a document may take. Shipped ones take less than two. */
const MOST_SECONDS = 20;
/** And seconds in all, on a machine that has other things to do, or that does not tell. */
const LONGEST_SECONDS = 120;
const LOOK_EVERY_MS = 1_000;
const HEAP_MIB = 1_024;

interface Shipped {
  readonly id: string;
  readonly profile: string;
  readonly document: string;
  readonly documentName: string;
}

/** One damaged text, in place of a file of a shipped provider. */
export interface Damaged {
  /** Name of the shipped profile, without its ending. */
  readonly id: string;
  /** `profile` or `document`: which of the two was damaged. */
  readonly which: 'profile' | 'document';
  readonly text: string | Buffer;
}

/** Damages shipped profiles and documents, and validates them in a child process. The child is started when it is needed, and `close()` ends it. */
export class Documents {
  readonly #shipped: readonly Shipped[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'mock429-fuzz-'));
  #child: ChildProcess | undefined;
  /** Number of damaged texts that were valid all the same. */
  good = 0;

  constructor() {
    mkdirSync(join(this.#folder, 'profiles'));
    mkdirSync(join(this.#folder, 'openapi'));
    const folder = join(ROOT, 'profiles');
    this.#shipped = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => {
        const profile = readFileSync(join(folder, name), 'utf8');
        const [, document = ''] = /^openapi: *(\S+)/m.exec(profile) ?? [];
        return {
          id: name.slice(0, -5),
          profile,
          document: readFileSync(join(folder, document), 'utf8'),
          documentName: basename(document),
        };
      });
  }

  /** What the input of that number is. */
  make(seed: number, number: number): Damaged {
    const random = new Random(seed, 0x40000000 + number);
    const { id, profile, document } = random.pick(this.#shipped);
    const which = random.chance(0.6) ? 'profile' : 'document';
    return { id, which, text: damaged(random, which === 'profile' ? profile : document) };
  }

  /** Validates it; what went wrong, if anything did. */
  async check({ id, which, text }: Damaged): Promise<string | undefined> {
    const { profile, document, documentName } = this.#shipped.find((one) => one.id === id)!;
    const file = join(this.#folder, 'profiles', `${id}.yaml`);
    writeFileSync(file, which === 'profile' ? text : profile);
    writeFileSync(join(this.#folder, 'openapi', documentName), which === 'document' ? text : document);
    const child = await this.#running();
    const task: Task = { file, requests: asked(document) };
    const found = await new Promise<Finding>((resolve) => {
      const end = (wrong: string) => {
        child.removeAllListeners();
        child.kill('SIGKILL');
        this.#child = undefined;
        resolve({ ok: false, wrong });
      };
      const started = { at: performance.now(), busy: busySeconds(child.pid!) };
      const late = setInterval(() => {
        const all = (performance.now() - started.at) / 1_000;
        const busy = (busySeconds(child.pid!) ?? 0) - (started.busy ?? 0);
        if (busy < MOST_SECONDS && all < LONGEST_SECONDS) return;
        clearInterval(late);
        end(`validate took more than ${Math.round(all)} s, ${Math.round(busy)} s of them busy`);
      }, LOOK_EVERY_MS);
      child.once('exit', (code, signal) => {
        clearInterval(late);
        end(`validate ended its process with ${signal ?? code} (its heap is ${HEAP_MIB} MiB)`);
      });
      child.once('message', (finding: Finding) => {
        clearInterval(late);
        child.removeAllListeners();
        resolve(finding);
      });
      child.send(task);
    });
    if (found.ok) this.good += 1;
    return found.wrong;
  }

  async #running(): Promise<ChildProcess> {
    if (this.#child) return this.#child;
    const child = fork(join(import.meta.dirname, 'document-child.ts'), {
      execArgv: ['--import', 'tsx', `--max-old-space-size=${HEAP_MIB}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error('the process that validates did not start')));
    });
    child.removeAllListeners();
    this.#child = child;
    return child;
  }

  close(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Some of its operations, as its own document has them. */
function asked(document: string): Task['requests'] {
  const paths = [...document.matchAll(/^ {2}(\/\S*):$/gm)].map(([, path]) => path!.replace(/\{\w+\}/g, 'x'));
  const headers = {
    authorization: 'Bearer ak_live_a',
    'x-api-key': 'klinky_live_a',
    'content-type': 'application/json',
  };
  return paths.slice(0, 4).flatMap((path) => ['GET', 'POST'].map((method) => ({ method, path, headers })));
}

const ODD_SCALARS = [
  '',
  '~',
  'null',
  'true',
  '0',
  '-1',
  '0.1',
  '-0',
  '1e400',
  '.inf',
  '-.inf',
  '.nan',
  '9007199254740993',
  '9'.repeat(400),
  '1_000',
  '0x7fffffffffffffff',
  '0o17',
  '[]',
  '{}',
  '[[]]',
  '{ a: b }',
  "''",
  '"\\0"',
  '"\\ud800"',
  '2026-02-30',
  '1h',
  '-1h',
  '0s',
  '99999999999999999999h',
  '1e9h',
  '${',
  '${now',
  '${caller.key}',
  '${a.b.c | d}',
  '^(a+)+$',
  '(',
  '[',
  '*',
  '&a',
  '*a',
  '!!binary aGk=',
  '!!js/function x',
  '!foo bar',
  '|',
  '>',
  '- a',
  '# x',
  '%',
  '@',
  '`',
  'on',
  'y',
  'x'.repeat(3_000),
  ...NAMES,
];

function damaged(random: Random, text: string): string | Buffer {
  let lines = text.split('\n');
  for (
    let i = random.weighted([
      [8, 1],
      [3, 2],
      [1, 5],
    ] as const);
    i > 0;
    i--
  )
    lines = damagedLines(random, lines);
  const changed = lines.join('\n');
  if (!random.chance(0.12)) return changed;
  const bytes = Buffer.from(changed);
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length + 1));
    case 1:
      return Buffer.from(changed, 'utf16le');
    case 2:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 3:
      return Buffer.from(changed.replaceAll('\n', random.pick(['\r\n', '\r', '\u2028'])));
    case 4:
      return random.bytes(random.between(0, 3_000));
    default: {
      const flipped = Buffer.from(bytes);
      for (let i = random.between(1, 20); i > 0; i--) {
        const at = random.below(flipped.length);
        flipped[at] = flipped[at]! ^ (1 << random.below(8));
      }
      return flipped;
    }
  }
}

function damagedLines(random: Random, lines: readonly string[]): string[] {
  const at = random.below(lines.length);
  const line = lines[at]!;
  const indent = /^ */.exec(line)![0];
  const put = (...instead: string[]) => [...lines.slice(0, at), ...instead, ...lines.slice(at + 1)];
  switch (random.below(13)) {
    case 0:
      return put();
    case 1:
      return put(line, line);
    case 2: {
      const other = random.below(lines.length);
      const swapped = [...lines];
      [swapped[at], swapped[other]] = [swapped[other]!, swapped[at]!];
      return swapped;
    }
    case 3:
      return put(random.chance(0.5) ? ` ${line}` : line.replace(/^ {2}/, ''));
    case 4:
      return put(
        line.replace(
          /^( *(?:- )?)[\w-]+(?=:)/,
          (_, start: string) => start + random.pick([...NAMES, 'x', 'id', '<<', '?', '$ref', '']),
        ),
      );
    case 5:
      return put(`${indent}extra: ${random.pick(ODD_SCALARS)}`, line);
    case 6:
      return put(line, `${indent}loop: &loop { again: *loop }`);
    case 7: {
      const levels = random.pick([20, 300, 3_000]);
      return put(line, `${indent}deep: ${'['.repeat(levels)}${']'.repeat(levels)}`);
    }
    case 8: {
      const bomb = Array.from(
        { length: 12 },
        (_, i) =>
          `${indent}b${i}: &b${i} [${
            i === 0
              ? 'x'
              : Array(9)
                  .fill(`*b${i - 1}`)
                  .join(', ')
          }]`,
      );
      return put(line, ...bomb);
    }
    case 9:
      return put(
        line.replace(
          /(\$ref: *)\S.*$/,
          (_, start: string) =>
            `${start}'${random.pick(['#/', '#/components/schemas/Nope', '#/paths', '#', '%', './x.yaml', 'http://127.0.0.1:1/x', '#/components/schemas/__proto__'])}'`,
        ),
      );
    default:
      // The value of a key, or an entry of a list, most often.
      return put(
        line.replace(
          /(^ *(?:- )?(?:[\w$/{}.'"-]+:)? ?)(\S.*)?$/,
          (_, start: string) => `${start}${start.endsWith(' ') || start === '' ? '' : ' '}${random.pick(ODD_SCALARS)}`,
        ),
      );
  }
}
