/**
 * docs/api.md: every export of the package with its doc comment and declaration, read from the sources.
 *
 * It reads the text of the sources, which all have the same layout (Biome's): a declaration begins with `export` in the first column and ends with a line that begins with `}`, or with `;`.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './build.js';

/** An export of src/index.ts. */
interface Exported {
  readonly name: string;
  /** The file that declares it, relative to the repository's root. */
  readonly file: string;
}

interface Declaration {
  /** Text of the doc comment, without `/** … *​/`; empty where there is none. */
  readonly comment: string;
  /** As in the source, without bodies of functions and methods. */
  readonly text: string;
}

/** Types that come from a schema or a table: the schema of the control API that describes them. */
const BY_SCHEMA: Readonly<Record<string, string>> = { FaultInput: 'FaultInput', JournalEntry: 'JournalEntry' };

/** All exports of src/index.ts, values first, each by name. */
export function exportsOfPackage(): Exported[] {
  const index = readFileSync(join(ROOT, 'src/index.ts'), 'utf8');
  const found = [...index.matchAll(/^export (type )?\{([^}]*)\} from '([^']+)';$/gms)].flatMap(([, , names, from]) =>
    names!
      .split(',')
      .map((name) => name.replace(/\btype\b/, '').trim())
      .filter(Boolean)
      .map((name) => declaredIn(name, join('src', from!.replace(/\.js$/, '.ts')))),
  );
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** A section for each export. */
export function apiReference(): string {
  return exportsOfPackage().map(section).join('\n\n');
}

/** Folder of the table of operations, whose entries are methods of every sandbox. */
const OPERATIONS = 'src/http/control/operations';

/** A method that comes from the table of operations. */
export interface Method {
  /** `setQuota`, `clock.advance` … */
  readonly name: string;
  /** As in the source, without the context: `change: QuotaChange`. */
  readonly parameters: string;
  readonly comment: string;
}

/** A row for each method of a sandbox that the control API has as well. */
export function methodsTable(): string {
  const rows = methodsOfSandbox().map(({ name, parameters, comment }) => {
    const { says, examples, throws } = parts(comment);
    const example =
      examples.length === 0
        ? ''
        : `<br>\`${cell(
            examples[0]!
              .split('\n')
              .at(-1)!
              .replace(/ *\/\/.*$/, ''),
          )}\``;
    return `| \`${name}(${cell(parameters)})\` | ${cell(says)}${example} | ${cell(throws)} |`;
  });
  return ['| method | does, for example | throws |', '|---|---|---|', ...rows].join('\n');
}

/** Read from the table in index.ts: `name,`, `name: export,` or `name: {` with such lines in it, each with its doc comment. */
export function methodsOfSandbox(): Method[] {
  const index = readFileSync(join(ROOT, OPERATIONS, 'index.ts'), 'utf8');
  const [, table = ''] = /^export const operations = \{\n(.*?)^\};$/ms.exec(index) ?? [];
  const entry = /(?:^ *\/\*\*((?:(?!\*\/).)*)\*\/\n)?^( +)(\w+)(?:: (\w+))?(,|: \{)$/gms;
  let group = '';
  return [...table.matchAll(entry)].flatMap(([, comment = '', indent, name, variable, end]) => {
    if (indent!.length === 2) group = end === ',' ? '' : `${name}.`;
    if (end !== ',') return [];
    const text = comment.replaceAll(/^ *\* ?/gm, '').trim();
    return [{ name: `${group}${name}`, parameters: parametersOf(variable ?? name!, index), comment: text }];
  });
}

/** What the operation's `run` takes behind its context. */
function parametersOf(operation: string, index: string): string {
  const [, file] = new RegExp(`^import \\{[^}]*\\b${operation}\\b[^}]*\\} from '\\./([\\w/-]+)\\.js';$`, 'm').exec(
    index,
  )!;
  const source = readFileSync(join(ROOT, OPERATIONS, `${file}.ts`), 'utf8');
  const start = source.slice(source.search(new RegExp(`^export const ${operation} = `, 'm')));
  const [, all = ''] = /\brun: (?:async )?\(([^)]*)\)/s.exec(start)!;
  const flat = all.replaceAll(/\s+/g, ' ').trim().replace(/,$/, '');
  const own = flat.replace(/^(?:\{[^}]*\}|\w+)(?:, )?/, '');
  // A parameter that is taken apart is an object of options.
  return own.replace(/^\{[^}]*\}(.*?) = \{\}$/, 'options?$1').replaceAll(' | undefined', '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

/** Follows re-exports to the file with the declaration. */
function declaredIn(name: string, file: string): Exported {
  const source = readFileSync(join(ROOT, file), 'utf8');
  for (const [, names, from] of source.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';$/gms)) {
    if (names!.split(',').some((one) => one.replace(/\btype\b/, '').trim() === name))
      return declaredIn(name, join(dirname(file), from!.replace(/\.js$/, '.ts')));
  }
  if (!existsSync(join(ROOT, file))) throw new Error(`${name} is exported from ${file}, which does not exist`);
  return { name, file };
}

function section({ name, file }: Exported): string {
  const { comment, text } = declaration(name, file);
  const { says, examples, throws } = parts(comment);
  const shape = BY_SCHEMA[name];
  const code =
    shape === undefined
      ? [`\`\`\`ts\n${text}\n\`\`\``]
      : [`Its fields are those of [${shape}](control.md#${shape.toLowerCase()}) of the control API.`];
  return [
    `### ${name}`,
    ...(says === '' ? [] : [says]),
    ...code,
    ...(throws === '' ? [] : [`Throws: ${throws}`]),
    ...examples.map((example) => `\`\`\`ts\n${example}\n\`\`\``),
  ].join('\n\n');
}

/** @throws where the file does not declare it in the expected layout */
function declaration(name: string, file: string): Declaration {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const start = new RegExp(`^export (?:async )?(?:interface|type|class|function|const) ${name}\\b`, 'm').exec(source);
  if (!start) throw new Error(`${file} does not declare ${name} in a line of its own`);
  const before = source.slice(0, start.index);
  const comment = /\/\*\*((?:(?!\*\/).)*)\*\/\n$/s.exec(before)?.[1] ?? '';
  return { comment: comment.replaceAll(/^ *\* ?/gm, '').trim(), text: shown(source.slice(start.index), source) };
}

/** The declaration at the start of the text, without what is private or a body. */
function shown(text: string, source: string): string {
  const kind = /^export (?:async )?(\w+)/.exec(text)![1];
  if (kind === 'function') return `${text.slice(0, text.search(/ \{\n/)).replace(/^export (async )?/, '')};`;
  if (kind === 'const') return `${text.slice(0, text.search(/ = /)).replace('export ', '')};`;
  if (kind === 'type') return spelledOut(text.slice(0, text.search(/;\n(?! )/) + 1).replace('export ', ''), source);
  const whole = text.slice(0, text.search(/^\}/m) + 1).replace('export ', '');
  if (kind === 'interface') return whole;
  const lines = whole.split('\n');
  const fields = lines.filter((line) => /^ {2}(?:readonly|override readonly) \w+/.test(line));
  return [lines[0], ...fields, '}'].join('\n');
}

/** A type of the values of a constant list, as their union. */
function spelledOut(text: string, source: string): string {
  return text.replace(/\(typeof (\w+)\)\[number\]/, (whole, name: string) => {
    const [, values] = new RegExp(`^(?:export )?const ${name} = \\[([^\\]]*)\\] as const`, 'm').exec(source) ?? [];
    return values === undefined
      ? whole
      : values
          .split(',')
          .map((value) => value.trim())
          .filter(Boolean)
          .join(' | ');
  });
}

function parts(comment: string): { says: string; examples: string[]; throws: string } {
  const [says = '', ...tags] = comment.split(/(?:^|\s)(?=@(?:example|throws|returns|param)\b)/m);
  const of = (tag: string) =>
    tags.filter((text) => text.startsWith(`@${tag}`)).map((text) => text.slice(tag.length + 1).trim());
  return { says: says.trim(), examples: of('example'), throws: of('throws').join(' ') };
}
