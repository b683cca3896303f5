/**
 * Paging, by page number and size or by cursor and limit.
 * @module
 */
import type { z } from 'zod';
import type { Zod } from '../../limits/zod.js';
import type { Item } from '../../state/resources/item.js';
import type { Context, Failure } from '../behaviour.js';
import { duration } from '../options.js';

/** The schema of paging. */
export const pagingOptions = (z: Zod) =>
  z.discriminatedUnion('style', [
    z.strictObject({
      style: z.literal('page').describe('Numbered pages'),
      page: z.string().default('page').describe('Query parameter of the page number, from 1'),
      size: z.string().default('per_page').describe('Query parameter of the page size'),
      default: z.int().positive().describe('Page size when none is asked for'),
    }),
    z.strictObject({
      style: z.literal('cursor').describe('A cursor in each page leads to the next'),
      cursor: z.string().default('cursor').describe('Query parameter of the cursor'),
      limit: z.string().default('limit').describe('Query parameter of the page size'),
      default: z.int().positive().describe('Page size when none is asked for'),
      form: z
        .enum(['opaque', 'position'])
        .default('opaque')
        .describe(
          'opaque: not readable, and bound to the filters where mismatch is given; position: base64 of {"position":N}, where N items have been sent, for any filters',
        ),
      lifetime: duration(z).optional().describe('How long a cursor is valid; without end when left out'),
      invalid: z.string().describe('Error for a cursor that was not issued'),
      expired: z.string().optional().describe('Error for a cursor past its lifetime'),
      mismatch: z.string().optional().describe('Error for a cursor that was issued for other filters'),
    }),
  ]);

/** How a list is divided into pages. */
export type Paging = z.infer<ReturnType<typeof pagingOptions>>;
type CursorPaging = Extract<Paging, { style: 'cursor' }>;

/** The facts that templates read as `page`. */
export interface Page {
  readonly items: readonly unknown[];
  readonly count: number;
  readonly total: number;
  readonly number: number;
  readonly size: number;
  readonly pages: number;
  /** Cursor of the next page; `null` on the last. */
  readonly next: string | null;
  readonly hasMore: boolean;
}

/** The query parameters that select a page. */
export function pagingParameters(paging: Paging | undefined): string[] {
  if (!paging) return [];
  return paging.style === 'page' ? [paging.page, paging.size] : [paging.cursor, paging.limit];
}

/** Whether the request has a cursor that may expire. */
export function hasExpiringCursor(paging: Paging | undefined, query: Context['query']): boolean {
  return paging?.style === 'cursor' && paging.form === 'opaque' && query[paging.cursor] !== undefined;
}

interface Cursor {
  /** Serial of the last item that was sent. */
  readonly after: number;
  /** Epoch ms at which it was issued. */
  readonly made: number;
  readonly filters: string;
}

/**
 * Selects one page of ordered items.
 *
 * @param filters names the filters that a cursor is bound to
 */
export function paginate(
  paging: Paging | undefined,
  items: readonly Item[],
  filters: string,
  context: Context,
): { page: Page; shown: readonly Item[]; entityCursor?: string } | Failure {
  const total = items.length;
  if (!paging) return { shown: items, page: pageOf(items, total, 1, total, total === 0 ? 0 : 1, null, false) };
  if (paging.style === 'page') {
    const number = whole(context.query[paging.page], 1);
    const size = whole(context.query[paging.size], paging.default);
    const shown = items.slice((number - 1) * size, number * size);
    const pages = Math.ceil(total / size);
    return { shown, page: pageOf(shown, total, number, size, pages, null, number < pages) };
  }
  const size = whole(context.query[paging.limit], paging.default);
  const given = context.query[paging.cursor];
  let start = 0;
  if (paging.form === 'position') {
    const position = given === undefined || given === '' ? 0 : decodePosition(String(given));
    if (position === undefined) return { error: paging.invalid };
    start = position;
  } else if (given !== undefined && given !== '') {
    const cursor = decodeCursor(String(given));
    if (!cursor) return { error: paging.invalid };
    if (paging.mismatch !== undefined && cursor.filters !== filters) return { error: paging.mismatch };
    if (
      paging.expired !== undefined &&
      paging.lifetime !== undefined &&
      context.now > cursor.made + paging.lifetime / context.compress
    ) {
      return { error: paging.expired };
    }
    start = startAfter(items, cursor.after);
  }
  const shown = items.slice(start, start + size);
  const more = start + size < total;
  const last = shown.at(-1);
  const cursor = (after: Item) =>
    paging.form === 'position'
      ? btoa(JSON.stringify({ position: start + size }))
      : encodeCursor({ after: after.serial, made: context.now, filters });
  const next = more && last ? cursor(last) : null;
  const page = pageOf(shown, total, 1, size, Math.ceil(total / size), next, more);
  return next === null || paging.form === 'position'
    ? { shown, page }
    : { shown, page, entityCursor: entityCursor(paging, filters, context) };
}

/** Replaces the cursor in an entity tag. It stays the same for half the cursor's lifetime, so that the cursor on a page answered with 304 is still valid. */
function entityCursor({ lifetime }: CursorPaging, filters: string, { now, compress }: Context): string {
  const period = lifetime === undefined ? undefined : Math.floor(now / (lifetime / compress / 2));
  return JSON.stringify([period ?? null, filters]);
}

function pageOf(
  shown: readonly Item[],
  total: number,
  number: number,
  size: number,
  pages: number,
  next: string | null,
  hasMore: boolean,
): Page {
  return {
    items: shown,
    count: shown.length,
    total,
    number,
    size,
    pages,
    next,
    hasMore,
  };
}

/** The index to continue at. By serial instead of position, so that items added or deleted meanwhile neither repeat nor skip an item. */
function startAfter(items: readonly Item[], serial: number): number {
  const at = items.findIndex((item) => item.serial === serial);
  if (at >= 0) return at + 1;
  const rising = items.length < 2 || items[0]!.serial < items.at(-1)!.serial;
  const beyond = items.findIndex((item) => (rising ? item.serial > serial : item.serial < serial));
  return beyond < 0 ? items.length : beyond;
}

function whole(value: unknown, otherwise: number): number {
  const number = Number(value ?? otherwise);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}

function encodeCursor({ after, made, filters }: Cursor): string {
  // base64url needs no escaping in a query. Encoded from UTF-8, because filters may contain any text.
  return Buffer.from(JSON.stringify([after, made, filters])).toString('base64url');
}

function decodeCursor(text: string): Cursor | undefined {
  try {
    const [after, made, filters] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [number, number, string];
    return typeof after === 'number' && typeof made === 'number' && typeof filters === 'string'
      ? { after, made, filters }
      : undefined;
  } catch {
    return undefined;
  }
}

function decodePosition(text: string): number | undefined {
  try {
    const { position } = JSON.parse(atob(text)) as { position: unknown };
    return Number.isSafeInteger(position) && (position as number) >= 0 ? (position as number) : undefined;
  } catch {
    return undefined;
  }
}
