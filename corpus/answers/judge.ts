/**
 * What an answer shows about the tool that gave it.
 * @module
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { Random } from '../../fuzz/random.js';
import type { Json } from '../api/json.js';
import { answerFor, type Content, isSuccess } from '../api/operation.js';
import type { Source } from '../api/source.js';
import type { Prepared } from '../requests/request.js';
import type { Checks } from '../schema/checks.js';
import { Maker } from '../schema/make.js';
import { ownError } from './faulty.js';

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A row of the table. */
export type Measure = 'success' | 'body' | 'header' | 'refused' | 'named' | 'unbroken';

/** What one measure says about one answer. */
export interface Finding {
  readonly measure: Measure;
  readonly ok: boolean;
  /** What is wrong, without the names and values of this answer: equal for faults of a kind. Without it, another finding tells it. */
  readonly kind?: string;
  /** What is wrong with this answer. */
  readonly detail?: string;
}

/** What is needed to judge the answers of one document. */
export interface Judging {
  readonly source: Source;
  readonly checks: Checks;
  /**
   * Whether the corpus itself finds a value for the schema. Where it does not, such as for two alternatives of `oneOf` that are the same, there may be none, and
   * the answer is not counted.
   */
  readonly satisfiable: (schema: Json) => boolean;
}

/** Prepares what is needed to judge the answers of one document. */
export function judging(source: Source, checks: Checks, seed: number): Judging {
  const maker = new Maker(source, checks, new Random(seed));
  const known = new Map<Json, boolean>();
  const satisfiable = (schema: Json) => {
    const found = known.get(schema) ?? [0, 0.5, 1].some((share) => maker.valid(schema, share) !== undefined);
    known.set(schema, found);
    return found;
  };
  return { source, checks, satisfiable };
}

/** @param answer or the reason why there is none */
export function judge(judging: Judging, prepared: Prepared, answer: WireAnswer | string): Finding[] {
  if (typeof answer === 'string') return [...verdict(prepared, undefined), fail('unbroken', 'no answer', answer)];
  const unbroken: Finding =
    answer.status >= 500
      ? fail('unbroken', `own ${answer.status}`, snippet(answer.body))
      : { measure: 'unbroken', ok: true };
  if (prepared.purpose.kind === 'invalid') return [unbroken, ...verdict(prepared, answer)];
  const others = [...bodyOf(judging, prepared, answer), ...headersOf(prepared, answer)];
  return [unbroken, ...verdict(prepared, answer), ...others];
}

function fail(measure: Measure, kind: string, detail: string): Finding {
  return { measure, ok: false, kind, detail };
}

/** Whether a valid request was answered with a success, or an invalid one refused. */
function verdict({ operation, purpose }: Prepared, answer: WireAnswer | undefined): Finding[] {
  if (purpose.kind === 'valid') {
    if (answer && isSuccess(operation, answer.status)) return [{ measure: 'success', ok: true }];
    return [fail('success', `answered ${answer?.status ?? 'nothing'}`, answer ? snippet(answer.body) : '')];
  }
  const { fault, field } = purpose;
  // An answer to HEAD cannot name the field.
  const hasBody = operation.method !== 'HEAD';
  if (!answer || answer.status < 400 || answer.status > 499)
    // Told once, and counted for both.
    return [
      fail('refused', fault, `answered ${answer?.status ?? 'nothing'}`),
      ...(hasBody ? [{ measure: 'named' as const, ok: false }] : []),
    ];
  if (!hasBody) return [{ measure: 'refused', ok: true }];
  const named = names(answer.body.toString('utf8'), field)
    ? { measure: 'named' as const, ok: true }
    : fail('named', `${fault}, refused with ${answer.status}`, `${field} is not in ${snippet(answer.body)}`);
  return [{ measure: 'refused', ok: true }, named];
}

/** Whether a text has the name as a word of its own. */
export function names(text: string, field: string): boolean {
  // JSON may write a quote or a slash of the name in another way, and a JSON Pointer "/" and "~".
  const pointer = field.replaceAll('~', '~0').replaceAll('/', '~1');
  return [field, JSON.stringify(field).slice(1, -1), pointer].some((one) => {
    const literal = one.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    return new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, 'iu').test(text);
  });
}

function bodyOf({ source, checks, satisfiable }: Judging, { operation }: Prepared, answer: WireAnswer): Finding[] {
  const type = String(answer.headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase();
  if (!/^(?:application|text)\/(?:.+\+)?json$/.test(type) || answer.body.length === 0) return [];
  const content = contentFor(answerFor(operation, answer.status)?.contents ?? [], type);
  if (!content || content.schema === undefined) return [];
  let body: Json;
  try {
    body = JSON.parse(answer.body.toString('utf8')) as Json;
  } catch {
    return [fail('body', 'not JSON', snippet(answer.body))];
  }
  const errors = checks.errors(content.schema, body);
  if (errors === undefined) return [];
  if (errors.length === 0) return [{ measure: 'body', ok: true }];
  const first = ownError(source, content, body, errors);
  if (!first || !satisfiable(content.schema)) return [];
  return [fail('body', `${answer.status < 400 ? '' : 'error body: '}${kindOfError(first)}`, detailOf(first, answer))];
}

function kindOfError({ keyword, params }: ErrorObject): string {
  return keyword === 'format' || keyword === 'type'
    ? `${keyword} ${String(params['format'] ?? params['type'])}`
    : keyword;
}

function detailOf({ instancePath, message }: ErrorObject, answer: WireAnswer): string {
  return `${instancePath || '/'} ${message}: ${snippet(answer.body)}`;
}

function contentFor(contents: readonly Content[], type: string): Content | undefined {
  const own = (mediaType: string) => mediaType.split(';')[0]!.trim().toLowerCase();
  return (
    contents.find(({ mediaType }) => own(mediaType) === type) ??
    contents.find(({ mediaType }) => own(mediaType) === `${type.split('/')[0]}/*`) ??
    contents.find(({ mediaType }) => own(mediaType) === '*/*')
  );
}

/** One finding for each header that the document has for the status. */
function headersOf({ operation }: Prepared, answer: WireAnswer): Finding[] {
  const documented = answerFor(operation, answer.status)?.headers ?? [];
  return documented.map((name) =>
    answer.headers[name.toLowerCase()] === undefined
      ? fail('header', 'a documented header is missing', name)
      : { measure: 'header', ok: true },
  );
}

/** The beginning of a body, on one line. */
export function snippet(body: Buffer, most = 300): string {
  const text = body.toString('utf8').replaceAll(/\s+/g, ' ');
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
