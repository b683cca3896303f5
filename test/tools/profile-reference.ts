/**
 * docs/profiles.md: every key of a profile, with its type, default, description and an example, made from the JSON Schema of profiles.
 *
 * An example is the first value that one of the example profiles has for the key; the tests serve all of these.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { builtInProfiles } from '../../src/profile/locate.js';
import { ROOT } from './build.js';

/** The part of a JSON Schema that the reference reads. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** A key of a profile. */
interface Key {
  /** Where it is, within its section: `refusal.error`, `unique[].fields`. */
  readonly path: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
  /** The whole path, with the names of maps as `*` and the branch of a union in brackets. */
  readonly place: string;
}

/** Folder of the profiles that use the keys that no built-in profile uses. */
export const EXAMPLES = 'test/docs/profiles';

/** The parts that many keys share; each has a section of its own. */
const SHARED = [
  'Condition',
  'Comparison',
  'Cost',
  'Quantity',
  'Formula',
  'Window table',
  'Evidence',
  'Duration',
  'Event',
  'Template',
];

/** Files of all profiles from which examples are taken, the built-in ones first. */
export function exampleProfiles(): string[] {
  const others = readdirSync(join(ROOT, EXAMPLES)).filter((name) => name.endsWith('.profile.yaml'));
  return [...builtInProfiles().map((id) => `profiles/${id}.yaml`), ...others.map((name) => `${EXAMPLES}/${name}`)];
}

/** Writes the reference from the schema. */
export class ProfileReference {
  readonly #root: Schema;
  /** Place → the first value that a profile has there. */
  readonly #examples = new Map<string, unknown>();
  /** Places of the keys that have been written and have no example. */
  readonly withoutExample: string[] = [];

  constructor(root: Schema) {
    this.#root = root;
    for (const file of exampleProfiles()) {
      this.#collect(root, parse(readFileSync(join(ROOT, file), 'utf8'), { merge: true }), '');
    }
  }

  /** The sections, as Markdown. */
  text(): string {
    const { properties = {}, required = [] } = this.#root;
    const scalars = Object.entries(properties).filter(([, schema]) => this.#keysOf(schema).length === 0);
    const top = scalars.map(([path, schema]) => ({
      path,
      schema,
      isRequired: required.includes(path),
      place: `.${path}`,
    }));
    const sections = Object.entries(properties)
      .filter(([, schema]) => this.#keysOf(schema).length > 0)
      .map(([name, schema]) => this.#section(name, schema, required.includes(name)));
    return [`## Top level\n\n${this.#table(top)}`, ...sections, this.#sharedSections()].join('\n\n');
  }

  #section(name: string, schema: Schema, isRequired: boolean): string {
    const shape = this.#resolve(schema);
    const [container, place, inner] = this.#entries(shape, `.${name}`);
    const intro = `${sentence(shape.description)} ${container}${isRequired ? '' : ' It may be left out.'}`;
    const branches = this.#entriesOf(this.#branches(inner));
    const parts = [`## ${name}`, intro.trim()];
    if (name === 'advice') {
      parts.push(this.#adviceTables(inner, place));
    } else if (branches.length < 2) {
      parts.push(this.#table(this.#keys(branches[0] ?? inner, '', place)));
    } else {
      parts.push(this.#unionTables(branches, place));
    }
    return parts.join('\n\n');
  }

  /** The branches of a section's entry. An entry that may be a list of itself has those of one. */
  #entriesOf(branches: readonly Schema[]): readonly Schema[] {
    const [one, many] = branches;
    return branches.length === 2 && one!.properties && many!.items ? [one!] : branches;
  }

  /** What a map or list of a section holds. */
  #entries(shape: Schema, place: string): [text: string, place: string, inner: Schema] {
    if (typeof shape.additionalProperties === 'object')
      return ['A map from a name to the keys below.', `${place}.*`, this.#resolve(shape.additionalProperties)];
    if (shape.items) return ['A list of maps with the keys below.', `${place}[]`, this.#resolve(shape.items)];
    return ['', place, shape];
  }

  /** Keys that every branch has come once, then what each branch adds. */
  #unionTables(branches: readonly Schema[], place: string): string {
    const decider = deciderOf(branches[0]!);
    const [first, ...rest] = branches;
    const common = Object.keys(first!.properties!).filter(
      (key) => key !== decider && rest.every((branch) => branch.properties?.[key] !== undefined),
    );
    const shared = branches.flatMap((branch) =>
      this.#keys(branch, '', `${place}(${this.#constOf(branch, decider)})`, (key) => common.includes(key)),
    );
    const values = branches.map(
      (branch) => `[\`${this.#constOf(branch, decider)}\`](#${anchor(`${decider} ${this.#constOf(branch, decider)}`)})`,
    );
    const parts = [
      `\`${decider}\` (required) decides which further keys there are: ${values.join(', ')}. Every entry has these:`,
      this.#table(shared),
    ];
    for (const branch of branches) {
      const value = this.#constOf(branch, decider);
      const own = this.#keys(branch, '', `${place}(${value})`, (key) => !common.includes(key) && key !== decider);
      const says = sentence(this.#resolve(branch.properties![decider]!).description);
      const more = own.length === 0 ? 'It has no further keys.' : this.#table(own);
      parts.push(
        `### ${decider}: ${value}`,
        `${says} Example: ${this.#example([`${place}(${value}).${decider}`], decider)}`,
        more,
      );
    }
    return parts.join('\n\n');
  }

  /** Checks share three keys; a row for each check says what else it has. */
  #adviceTables(inner: Schema, place: string): string {
    const checks = Object.entries(inner.properties!).filter(([key]) => key !== 'without');
    const common = ['says', 'severity', 'evidence'];
    const shared = checks.flatMap(([name, schema]) =>
      this.#keys(this.#resolve(schema), '<check>.', `${place}.${name}`, (key) => common.includes(key)),
    );
    const without = this.#keys(inner, '', place, (key) => key === 'without');
    const own = checks.flatMap(([name, schema]) => {
      const shape = this.#resolve(schema);
      const row: Key = {
        path: name,
        schema: { ...shape, type: 'object' },
        isRequired: false,
        place: `${place}.${name}`,
      };
      return [row, ...this.#keys(shape, `${name}.`, `${place}.${name}`, (key) => !common.includes(key))];
    });
    return `Every check has these:\n\n${this.#table([...without, ...shared])}\n\nThe checks, and what else each of them has:\n\n${this.#table(own)}`;
  }

  #sharedSections(): string {
    const parts = ['## Shared parts', 'Types that the tables above refer to.'];
    for (const title of SHARED) {
      const shape = this.#find(title);
      const keys = this.#keys(this.#keysShape(title, shape), '', `#${title}`);
      parts.push(`### ${title}`, `${sentence(shape.description)} Example: ${this.#example([`#${title}`], undefined)}`);
      if (keys.length > 0) parts.push(this.#table(keys));
    }
    return parts.join('\n\n');
  }

  /** The map whose keys a shared part has: a cost is a list of rules, a quantity may be a table. */
  #keysShape(title: string, shape: Schema): Schema {
    if (title === 'Cost') return this.#resolve(this.#alternatives(shape).at(-1)!.items!);
    return title === 'Quantity' ? (this.#alternatives(shape).find(({ properties }) => properties) ?? shape) : shape;
  }

  /** The definition with the title that has the most keys. */
  #find(title: string): Schema {
    const size = ({ properties = {} }: Schema) => Object.keys(properties).length;
    const found = [...nodesOf(this.#root)]
      .filter((shape) => shape.title === title)
      .map((shape) => this.#resolve(shape));
    return found.sort((a, b) => size(b) - size(a))[0]!;
  }

  #keys(shape: Schema, prefix: string, place: string, filter: (key: string) => boolean = () => true): Key[] {
    return Object.entries(shape.properties ?? {})
      .filter(([key]) => filter(key))
      .flatMap(([key, schema]) => {
        const own: Key = {
          path: `${prefix}${key}`,
          schema,
          isRequired: shape.required?.includes(key) === true && schema.default === undefined,
          place: `${place}.${key}`,
        };
        return [own, ...this.#nested(schema, own)];
      });
  }

  /** The keys within a key: of a map, of the entries of a list or map, of each alternative. */
  #nested(schema: Schema, { path, place }: Key): Key[] {
    return this.#branches(this.#resolve(schema)).flatMap((branch) => {
      if (isShared(branch)) return [];
      if (branch.items) return this.#inner(branch.items, `${path}[]`, `${place}[]`);
      if (typeof branch.additionalProperties === 'object')
        return this.#inner(branch.additionalProperties, `${path}.<name>`, `${place}.*`);
      return this.#keys(branch, `${path}.`, place);
    });
  }

  #inner(schema: Schema, path: string, place: string): Key[] {
    return this.#branches(this.#resolve(schema)).flatMap((branch) =>
      isShared(branch) ? [] : this.#keys(branch, `${path}.`, place),
    );
  }

  /** The keys of the maps that the schema holds, at any depth, to tell sections from single values. */
  #keysOf(schema: Schema): Key[] {
    return this.#nested(schema, { path: '', schema, isRequired: false, place: '' });
  }

  /** A row for each path. Keys with the same path, of several branches, share it. */
  #table(keys: readonly Key[]): string {
    const byPath = new Map<string, Key[]>();
    for (const key of keys) byPath.set(key.path, [...(byPath.get(key.path) ?? []), key]);
    const rows = [...byPath].map(([path, same]) => {
      const shapes = same.map(({ schema }) => this.#resolve(schema));
      const { schema, isRequired } = same[0]!;
      const shape = this.#resolve(schema);
      const fallback = shape.default === undefined ? '–' : code(JSON.stringify(shape.default));
      const types = [...new Set(shapes.map((each) => this.#type(each)))];
      const descriptions = [...new Set(shapes.map(({ description }) => cell(description ?? '')))];
      const example = this.#example(
        same.map(({ place }) => place),
        path.split('.').at(-1)!.replace('[]', ''),
      );
      const required = isRequired ? 'required' : fallback;
      return `| \`${path}\` | ${types.join(', ')} | ${required} | ${descriptions.join('; ')} | ${example} |`;
    });
    return ['| key | type | default | description | example |', '|---|---|---|---|---|', ...rows].join('\n');
  }

  /** The value of the first of the places that a profile has. */
  #example(places: readonly string[], key: string | undefined): string {
    const place = places.find((each) => this.#examples.has(each));
    if (place === undefined) {
      this.withoutExample.push(places[0]!);
      return '–';
    }
    const value = this.#examples.get(place);
    const text = stringify(key === undefined ? value : { [key]: value }, { collectionStyle: 'flow', lineWidth: 0 });
    const inner = key === undefined ? text.trim() : text.trim().replace(/^\{ ?/, '').replace(/ ?\}$/, '');
    return code(inner);
  }

  #type(shape: Schema): string {
    if (shape.title !== undefined && ELSEWHERE[shape.title]) return ELSEWHERE[shape.title]!;
    if (shape.title !== undefined && SHARED.includes(shape.title)) return `[${shape.title}](#${anchor(shape.title)})`;
    const branches = this.#branches(shape);
    if (branches.length > 1) {
      const types = [...new Set(branches.map((branch) => this.#type(branch)))];
      const [item, list] = types;
      return types.length === 2 && list === `list of ${item}` ? `${item}, or a list` : types.join(' or ');
    }
    const one = branches[0]!;
    if (one.const !== undefined) return code(String(one.const));
    if (one.enum) return one.enum.map((value) => code(String(value))).join(', ');
    if (one.items) return `list of ${this.#type(this.#resolve(one.items))}`;
    if (typeof one.additionalProperties === 'object')
      return `map of ${this.#type(this.#resolve(one.additionalProperties))}`;
    if (one.properties || one.type === 'object') return 'map';
    return (
      { string: 'text', integer: 'whole number', number: 'number', boolean: '`true`, `false`' }[one.type ?? ''] ?? 'any'
    );
  }

  /** The schema with its reference followed; what stands beside the reference wins. */
  #resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const { $ref, ...own } = schema;
    return { ...this.#resolve(this.#root.$defs![$ref.split('/').at(-1)!]!), ...own };
  }

  /** The alternatives of a union, and of the unions in it; the schema itself where it is none, or is a shared part. */
  #branches(shape: Schema): Schema[] {
    return isShared(shape) ? [shape] : this.#alternatives(shape);
  }

  #alternatives(shape: Schema): Schema[] {
    const options = shape.anyOf ?? shape.oneOf;
    if (!options) return [shape];
    return options.flatMap((option) => this.#branches(this.#resolve(option)));
  }

  #constOf(branch: Schema, key: string): string {
    return String(this.#resolve(branch.properties![key]!).const);
  }

  /** Records the first value of every place in the profile. */
  #collect(schema: Schema, value: unknown, place: string): void {
    const shape = this.#resolve(schema);
    if (value === undefined) return;
    if (place !== '' && !this.#examples.has(place)) this.#examples.set(place, value);
    const { title } = shape;
    if (title !== undefined && SHARED.includes(title) && place !== `#${title}`) {
      this.#collect(shape, value, `#${title}`);
      return;
    }
    if (title === 'Template') return;
    const branches = this.#alternatives(shape);
    const decided = branches.length > 1 && branches.every((branch) => branch.properties !== undefined);
    const decider = decided ? deciderOf(branches[0]!) : undefined;
    for (const branch of branches) {
      if (branch !== shape && isShared(branch)) {
        this.#collect(branch, value, place);
        continue;
      }
      if (decider !== undefined && this.#constOf(branch, decider) !== (value as Record<string, unknown>)[decider])
        continue;
      const isEntry = place.split('.').length <= 3;
      this.#descend(
        branch,
        value,
        decider === undefined || !isEntry ? place : `${place}(${this.#constOf(branch, decider)})`,
      );
    }
  }

  #descend(branch: Schema, value: unknown, place: string): void {
    if (Array.isArray(value)) {
      // An entry of a section that is a list of itself: each item has the place of the entry.
      const isEntry = place.split('.').length === 3 && place.endsWith('.*');
      if (branch.items && isEntry) for (const item of value) this.#collect(branch.items, item, place);
      else if (branch.items)
        for (const item of value) this.#collect(branch.items, item, place.startsWith('#') ? place : `${place}[]`);
      return;
    }
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      const property = branch.properties?.[key];
      if (property) this.#collect(property, inner, `${place}.${key}`);
      else if (typeof branch.additionalProperties === 'object')
        this.#collect(branch.additionalProperties, inner, `${place}.*`);
    }
  }
}

/** Every property of the schema without a description: the pointers to them. */
export function undescribed(root: Schema): string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (value === null || typeof value !== 'object') return;
    if (!Array.isArray(value)) {
      for (const [key, schema] of Object.entries((value as Schema).properties ?? {})) {
        if (!descriptionOf(root, schema)) found.push(`${path}/properties/${key}`);
      }
    }
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}/${key}`);
  };
  visit(root, '');
  return found;
}

/** The description of a schema, or of that to which it refers. */
function descriptionOf(root: Schema, { description, $ref }: Schema): string | undefined {
  if (description || $ref === undefined) return description;
  return descriptionOf(root, root.$defs![$ref.split('/').at(-1)!]!);
}

/** Every schema within a schema. */
function* nodesOf(value: unknown): Generator<Schema> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield value as Schema;
  for (const inner of Object.values(value)) yield* nodesOf(inner);
}

/** Parts whose keys are in another table. */
const ELSEWHERE: Readonly<Record<string, string>> = { 'Policy change': '[keys of a policy](#policies)' };

function isShared(shape: Schema): boolean {
  return shape.title !== undefined && (SHARED.includes(shape.title) || Object.hasOwn(ELSEWHERE, shape.title));
}

/** The key that decides between the branches of a union: the one whose value is fixed. */
function deciderOf(branch: Schema): string {
  return Object.keys(branch.properties!).find((key) => branch.properties![key]!.const !== undefined)!;
}

function sentence(text = ''): string {
  return text === '' || /[.…]$/.test(text) ? text : `${text}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}

/** Inline code of a table's cell, cut where it is long. */
function code(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  const short = line.length > 110 ? `${line.slice(0, 107)}…` : line;
  const fence = short.includes('`') ? '``' : '`';
  return `${fence}${short.replaceAll('|', '\\|')}${fence}`;
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
