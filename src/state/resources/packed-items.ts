/**
 * Items of one shelf that nobody has asked for yet: each a few numbers and a text off the heap. Whoever makes items by the hundred thousand
 * gives the garbage collector nothing to do with them.
 *
 * The text is the id, the unique keys, and the data as JSON, a line each.
 * @module
 */
import { HashIndex } from '../buckets/hash-index.js';
import { placeAmong, type Records } from '../records.js';
import type { Item, JobProgress } from './item.js';
import { StoredItem } from './stored-item.js';

/** Numbers of a record. */
const SERIAL = 0;
const CREATED_AT = 1;
/** Not a number where it is no job. */
const ENDS_AT = 2;
/** Of the job: which of the outcomes. */
const OUTCOME = 3;
export const WIDTH = 4;

const NO_KEYS: readonly never[] = [];

type Line = 'id' | 'key';

class LineIndex extends HashIndex {
  readonly #line: Line;
  readonly #text: (row: number) => string;
  #last: string | undefined;
  #lastHash = 0;

  constructor(line: Line, text: (row: number) => string) {
    super();
    this.#line = line;
    this.#text = text;
  }

  /** The same is looked for, and looked for again before it is added. */
  protected override hash(line: string): number {
    if (line === this.#last) return this.#lastHash;
    this.#last = line;
    this.#lastHash = super.hash(line);
    return this.#lastHash;
  }

  protected override is(row: number, line: string): boolean {
    const text = this.#text(row);
    if (this.#line === 'id') return text.startsWith(line) && text[line.length] === '\n';
    return text.split('\n').slice(1, -1).includes(line);
  }
}

export class PackedItems {
  readonly #records: Records;
  readonly #ids: LineIndex;
  readonly #keys: LineIndex;
  readonly #outcomes: string[] = [];
  #size = 0;

  /** @param records of `WIDTH` numbers */
  constructor(records: Records) {
    this.#records = records;
    const text = (record: number) => records.text(record);
    this.#ids = new LineIndex('id', text);
    this.#keys = new LineIndex('key', text);
  }

  /**
   * Takes in an item whose id and keys nothing here has.
   *
   * @param json its data
   * @returns whether it could be
   */
  add({ id, createdAt, updatedAt, serial, uniqueKeys, job, data }: Item, json: string): boolean {
    if (createdAt !== updatedAt || (job && (job.holds.length > 0 || job.webhook))) return false;
    if (id.includes('\n') || !saysAll(json, data)) return false;
    let text = `${id}\n`;
    for (let i = 0; i < uniqueKeys.length; i++) {
      if (uniqueKeys[i]!.includes('\n')) return false;
      text += `${uniqueKeys[i]}\n`;
    }
    const records = this.#records;
    const record = records.add(text + json);
    records.setNumber(record, SERIAL, serial);
    records.setNumber(record, CREATED_AT, createdAt);
    records.setNumber(record, ENDS_AT, job ? (job.endsAt ?? Number.POSITIVE_INFINITY) : Number.NaN);
    if (job) records.setNumber(record, OUTCOME, placeAmong(this.#outcomes, job.outcome));
    this.#ids.add(id, record);
    for (let i = 0; i < uniqueKeys.length; i++) this.#keys.add(uniqueKeys[i]!, record);
    this.#size += 1;
    return true;
  }

  has(id: string): boolean {
    return this.#size > 0 && this.#ids.find(id) !== 0;
  }

  hasKey(key: string): boolean {
    return this.#size > 0 && this.#keys.find(key) !== 0;
  }

  /** Gives the item with this id away. */
  take(id: string): StoredItem | undefined {
    const record = this.#size > 0 ? this.#ids.find(id) : 0;
    return record === 0 ? undefined : this.#give(record);
  }

  /** Gives the item with this unique key away. */
  takeOwner(key: string): StoredItem | undefined {
    const record = this.#size > 0 ? this.#keys.find(key) : 0;
    return record === 0 ? undefined : this.#give(record);
  }

  /** Gives all away, in order of creation. */
  takeAll(): StoredItem[] {
    if (this.#size === 0) return [];
    return this.#ids
      .rows()
      .map((record) => this.#give(record))
      .sort((a, b) => a.serial - b.serial);
  }

  /** Bytes of what tells where they are. Their records are counted with the others of `Records`. */
  get bytes(): number {
    return this.#ids.bytes + this.#keys.bytes;
  }

  /** Lets go of all. */
  drop(): void {
    for (const record of this.#ids.rows()) this.#records.drop(record);
  }

  #give(record: number): StoredItem {
    const records = this.#records;
    const [id, ...lines] = records.text(record).split('\n') as [string, ...string[]];
    const data = JSON.parse(lines.pop()!) as Record<string, unknown>;
    const uniqueKeys = lines.length === 0 ? NO_KEYS : lines;
    const createdAt = records.number(record, CREATED_AT);
    const item = { id, createdAt, updatedAt: createdAt, data, uniqueKeys, job: this.#job(record) };
    const given = new StoredItem(item, records.number(record, SERIAL));
    this.#ids.remove(id, record);
    for (const key of uniqueKeys) this.#keys.remove(key, record);
    records.drop(record);
    this.#size -= 1;
    return given;
  }

  #job(record: number): JobProgress | undefined {
    const endsAt = this.#records.number(record, ENDS_AT);
    if (Number.isNaN(endsAt)) return undefined;
    const outcome = this.#outcomes[this.#records.number(record, OUTCOME)]!;
    return { endsAt: endsAt === Number.POSITIVE_INFINITY ? null : endsAt, outcome, holds: [] };
  }
}

/** Whether the JSON says all of the data: it has null for a number that it cannot write, such as the Infinity that 1e999 is read as. */
function saysAll(json: string, data: unknown): boolean {
  return !json.includes('null') || isPlain(data);
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value) && value.includes(undefined)) return false;
  for (const key in value) if (!isPlain((value as Record<string, unknown>)[key])) return false;
  return true;
}
