/**
 * An item as it is kept.
 * @module
 */
import type { Item, Job, NewItem } from './item.js';
import type { Piece, Texts } from './texts.js';

/** Nobody may ask for it again; until somebody does, its data may be put away as text, of which the garbage collector knows nothing. */
export class KeptItem implements Item {
  readonly id: string;
  readonly createdAt: number;
  readonly serial: number;
  updatedAt: number;
  uniqueKeys: readonly string[];
  job: Job | undefined;
  #data: Record<string, unknown> | undefined;
  #piece: Piece | undefined;
  #from = 0;
  #to = 0;

  constructor({ id, createdAt, updatedAt, data, uniqueKeys, job }: NewItem, serial: number) {
    this.id = id;
    this.createdAt = createdAt;
    this.serial = serial;
    this.updatedAt = updatedAt;
    this.uniqueKeys = uniqueKeys;
    this.job = job;
    this.#data = data;
  }

  get data(): Record<string, unknown> {
    if (this.#data === undefined) {
      this.#data = JSON.parse(this.#piece!.read(this.#from, this.#to)) as Record<string, unknown>;
      this.#piece = undefined;
    }
    return this.#data;
  }

  set data(data: Record<string, unknown>) {
    this.#data = data;
    this.#piece = undefined;
  }

  /** @param text its data as JSON has it */
  pack(text: string, texts: Texts): void {
    // JSON has null for a number that it cannot write, such as the Infinity that 1e999 is read as.
    if (text.includes('null') && !isPlain(this.#data)) return;
    const piece = texts.put(text);
    if (!piece) return;
    this.#piece = piece;
    this.#from = texts.from;
    this.#to = piece.used;
    this.#data = undefined;
  }
}

/** Whether JSON can write all of it. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value !== 'object') return true;
  for (const key in value) if (!isPlain((value as Record<string, unknown>)[key])) return false;
  return true;
}
