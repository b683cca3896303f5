/**
 * Items of one collection that have not been read since they were created, in compact form: a few numbers and a text each, off the heap. A load test that
 * creates hundreds of thousands of items thus adds no work for the garbage collector.
 *
 * The text consists of lines: the id, the unique keys, and the data as JSON.
 * @module
 */
import { HashIndex } from '../buckets/hash-index.js';
import { indexAmong, type Records } from '../records.js';
import type { Item, JobProgress } from './item.js';
import { StoredItem } from './stored-item.js';

/** Fields of a record. */
const SERIAL = 0;
const CREATED_AT = 1;
/** `NaN` if the item is not a job. */
const ENDS_AT = 2;
/** Index into `#outcomes`, for a job. */
const OUTCOME = 3;
/** Numbers per record. */
export const WIDTH = 4;

const NO_KEYS: readonly never[] = [];

type Line = 'id' | 'key';

/** A hash index from one kind of line to records. */
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

  /** Caches the last hash, because the same line is looked up several times before it is added. */
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

/** The packed items of one collection store. */
export class PackedItems {
  readonly #records: Records;
  readonly #ids: LineIndex;
  readonly #keys: LineIndex;
  readonly #outcomes: string[] = [];
  #size = 0;

  /** @param records records of `WIDTH` numbers */
  constructor(records: Records) {
    this.#records = records;
    const text = (record: number) => records.text(record);
    this.#ids = new LineIndex('id', text);
    this.#keys = new LineIndex('key', text);
  }

  /**
   * Packs an item, whose id and unique keys must not be packed already.
   *
   * @param json its data
   * @returns whether the item can be packed
   */
  add({ id, createdAt, updatedAt, serial, uniqueKeys, job, data }: Item, json: string): boolean {
    if (createdAt !== updatedAt || (job && (job.holds.length > 0 || job.webhook))) return false;
    if (id.includes('\n') || !isLossless(json, data)) return false;
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
    if (job) records.setNumber(record, OUTCOME, indexAmong(this.#outcomes, job.outcome));
    this.#ids.add(id, record);
    for (let i = 0; i < uniqueKeys.length; i++) this.#keys.add(uniqueKeys[i]!, record);
    this.#size += 1;
    return true;
  }

  /** Whether an item with this id is packed. */
  has(id: string): boolean {
    return this.#size > 0 && this.#ids.find(id) !== 0;
  }

  /** Whether an item with this unique key is packed. */
  hasKey(key: string): boolean {
    return this.#size > 0 && this.#keys.find(key) !== 0;
  }

  /** Unpacks and removes the item with this id. */
  take(id: string): StoredItem | undefined {
    const record = this.#size > 0 ? this.#ids.find(id) : 0;
    return record === 0 ? undefined : this.#unpack(record);
  }

  /** Unpacks and removes the item with this unique key. */
  takeByKey(key: string): StoredItem | undefined {
    const record = this.#size > 0 ? this.#keys.find(key) : 0;
    return record === 0 ? undefined : this.#unpack(record);
  }

  /** Unpacks and removes all items, in order of creation. */
  takeAll(): StoredItem[] {
    if (this.#size === 0) return [];
    return this.#ids
      .rows()
      .map((record) => this.#unpack(record))
      .sort((a, b) => a.serial - b.serial);
  }

  /** Bytes of the indexes. The records are counted in `Records`. */
  get bytes(): number {
    return this.#ids.bytes + this.#keys.bytes;
  }

  /** Drops all records. */
  drop(): void {
    for (const record of this.#ids.rows()) this.#records.drop(record);
  }

  #unpack(record: number): StoredItem {
    const records = this.#records;
    const [id, ...lines] = records.text(record).split('\n') as [string, ...string[]];
    const data = JSON.parse(lines.pop()!) as Record<string, unknown>;
    const uniqueKeys = lines.length === 0 ? NO_KEYS : lines;
    const createdAt = records.number(record, CREATED_AT);
    const item = { id, createdAt, updatedAt: createdAt, data, uniqueKeys, job: this.#job(record) };
    const unpacked = new StoredItem(item, records.number(record, SERIAL));
    this.#ids.remove(id, record);
    for (const key of uniqueKeys) this.#keys.remove(key, record);
    records.drop(record);
    this.#size -= 1;
    return unpacked;
  }

  #job(record: number): JobProgress | undefined {
    const endsAt = this.#records.number(record, ENDS_AT);
    if (Number.isNaN(endsAt)) return undefined;
    const outcome = this.#outcomes[this.#records.number(record, OUTCOME)]!;
    return { endsAt: endsAt === Number.POSITIVE_INFINITY ? null : endsAt, outcome, holds: [] };
  }
}

/** Whether the JSON is lossless: it has `null` for a number that JSON cannot represent, such as Infinity, which `1e999` parses to. */
function isLossless(json: string, data: unknown): boolean {
  return !json.includes('null') || isPlain(data);
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value) && value.includes(undefined)) return false;
  for (const key in value) if (!isPlain((value as Record<string, unknown>)[key])) return false;
  return true;
}
