/**
 * Reads source text as far as rules about its architecture need: what it imports, and its code without comments and strings. No parser: the sources are
 * formatted and linted, so that a scan of the text is enough.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A source file with what the architecture tests read of it. */
export interface SourceFile {
  /** Below `src`, with slashes: `limits/engine.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Without comments and without what stands in strings. */
  readonly code: string;
  /** What stands in strings. */
  readonly strings: readonly string[];
  /** Strings that something is compared with: `=== 'x'`, `case 'x'`. */
  readonly branches: readonly string[];
  /** Names of exported declarations without a doc comment right above. */
  readonly undocumented: readonly string[];
}

/** One import of a source file. */
export interface Import {
  /** Below `src` for the project's own, else the package: `zod`, `node:fs`. */
  readonly target: string;
  readonly own: boolean;
  /** Whether only types are imported, so that nothing is left of it in the program. */
  readonly isType: boolean;
}

/** Everything in `src`: the code of the server, and the code of the dashboard, which runs in a browser. */
export function readSources(): { readonly server: readonly SourceFile[]; readonly ui: readonly SourceFile[] } {
  const all = readFolder('src', readSource);
  const isUi = ({ path }: SourceFile) => path.startsWith('ui/');
  return { server: all.filter((source) => !isUi(source)), ui: all.filter(isUi) };
}

/** What the files of a folder of the repository import. */
export function readImports(folder: string): Pick<SourceFile, 'path' | 'imports'>[] {
  return readFolder(folder, (path, text) => ({
    path,
    imports: [...text.matchAll(IMPORT)].map((match) => resolveImport(path, match[1] ?? match[2]!, match[0])),
  }));
}

/** Exports without a doc comment in a folder of the repository, programs in JavaScript included: `file: name`. */
export function readUndocumented(folder: string): string[] {
  const found = readFolder(
    folder,
    (path, text) => undocumentedIn(scan(text).codeAndComments).map((name) => `${path}: ${name}`),
    /\.[cm]?[jt]s$/,
  );
  return found.flat();
}

function readFolder<T>(folder: string, read: (path: string, text: string) => T, names = /\.tsx?$/): T[] {
  const root = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => read(path, readFileSync(join(root, path), 'utf8')));
}

/** Reads the imports and identifiers of a source file. */
export function readSource(path: string, text: string): SourceFile {
  const { code, codeAndStrings, codeAndComments, strings } = path.endsWith('.tsx') ? unscanned(text) : scan(text);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: [...codeAndStrings.matchAll(IMPORT)].map((match) => resolveImport(path, match[1] ?? match[2]!, match[0])),
    code,
    strings,
    branches: [...codeAndStrings.matchAll(COMPARED)].map((match) => match[1] ?? match[2]!),
    undocumented: undocumentedIn(codeAndComments),
  };
}

const DECLARATION =
  /^export (?:default )?(?:async )?(?:abstract )?(?:function\*?|class|interface|type|const|let) (\w+)/;

/** @param text without what stands in strings: a template may hold a program that exports something */
function undocumentedIn(text: string): string[] {
  const lines = text.split('\n');
  const found: string[] = [];
  for (const [i, line] of lines.entries()) {
    const name = DECLARATION.exec(line)?.[1];
    let above = i - 1;
    while (lines[above]?.startsWith('// ')) above -= 1;
    if (name !== undefined && !lines[above]?.trimEnd().endsWith('*/')) found.push(name);
  }
  return found;
}

const COMPARED = /(?:[=!]==?|\bcase)\s*'([^']*)'|'([^']*)'\s*[=!]==?/g;

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`; `import('x')`, `require('x')`. */
const IMPORT = /^\s*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'([^']+)'|\b(?:import|require)\(\s*'([^']+)'\s*\)/gm;

function resolveImport(from: string, specifier: string, statement: string): Import {
  const isType = /^\s*(?:import|export) type\b/.test(statement);
  if (!specifier.startsWith('.')) return { target: packageOf(specifier), own: false, isType };
  return { target: posix.join(dirname(from), specifier).replace(/\.js$/, '.ts'), own: true, isType };
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

interface Scanned {
  code: string;
  codeAndStrings: string;
  codeAndComments: string;
  strings: string[];
}

/** A `/` after one of these divides nothing: it begins a regular expression. `!` after a value asserts that it is there, and may be followed by a division. */
const BEFORE_REGEX = /(?:^|[(,=:[&|?{};+\-*%~^<>]|(?<![\w)\]])!|\b(?:return|typeof|case|in|of))\s*$/;

const TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`|\/|\$\{|[{}]|[^'"`/${}]+|\$/g;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const TEMPLATE_TEXT = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;

/** Markup in code is not scanned: its text looks like code, and no rule needs it. */
function unscanned(text: string): Scanned {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return { code, codeAndStrings: code, codeAndComments: text, strings: [] };
}

function scan(text: string): Scanned {
  const found: Scanned = { code: '', codeAndStrings: '', codeAndComments: '', strings: [] };
  /** Per open brace: whether a template goes on behind it. */
  const braces: boolean[] = [];
  const keep = (piece: string, isString = false) => {
    found.codeAndStrings += piece;
    found.code += isString ? "''" : piece;
    found.codeAndComments += isString ? "''" : piece;
    if (isString) found.strings.push(piece.slice(1, -1));
  };
  let at = 0;
  const template = () => {
    TEMPLATE_TEXT.lastIndex = at;
    const [piece] = TEMPLATE_TEXT.exec(text)!;
    found.strings.push(piece);
    keep("''");
    at += piece.length;
    if (text.startsWith('${', at)) braces.push(true);
    at += text.startsWith('${', at) ? 2 : 1;
  };
  while (at < text.length) {
    TOKENS.lastIndex = at;
    const [token] = TOKENS.exec(text)!;
    at += token.length;
    if (token.startsWith('//') || token.startsWith('/*')) found.codeAndComments += token;
    else if (token.startsWith("'") || token.startsWith('"')) keep(token, true);
    else if (token === '`') template();
    else if (token === '/' && BEFORE_REGEX.test(found.code.slice(-20))) {
      REGEX.lastIndex = at - 1;
      const regex = REGEX.exec(text);
      if (!regex) throw new Error(`cannot read what follows ${JSON.stringify(text.slice(at - 80, at + 20))}`);
      at = REGEX.lastIndex;
      keep("''");
    } else if (token === '}' && braces.pop()) template();
    else {
      if (token === '{') braces.push(false);
      keep(token);
    }
  }
  return found;
}
