/**
 * The limits that an OpenAPI document itself states: in extensions, in its 429 responses and their headers, and in its text.
 * @module
 */
import type { OpenApiDocument } from '../../../openapi/document/document.js';
import { isObject, type JsonObject } from '../../../openapi/document/json.js';
import { type Placed, readPlugins } from './kong.js';
import {
  type AppliesTo,
  type FoundLimit,
  type FoundLimits,
  isMap,
  type LeftOut,
  type LimitsInput,
  mapsIn,
} from './limits.js';
import { ratesIn, windowIn, windowOf } from './periods.js';
import { limitsWithin, whoIs } from './shapes.js';

/** Extensions that state limits, under the names that authors give them. */
const EXTENSION =
  /^x-(?:.+-)?(?:rate-?limit(?:s|ing|er)?|throttl(?:e|ing)(?:-limits?)?|quotas?|request-limits?)(?:-config(?:uration)?|-policy)?$/i;
const KONG = /^x-kong-plugin-(rate-limiting(?:-advanced)?)$/;
const GOOGLE = /^x-google-/;

/** Reads the limits of a document. */
export function limitsOfDocument(input: LimitsInput): FoundLimits {
  const { document } = input;
  const leftOut: LeftOut[] = [];
  const limits: FoundLimit[] = [];
  const plugins: Placed[] = [];
  for (const { holder, place, applies } of holdersOf(document))
    for (const [key, value] of Object.entries(holder)) {
      const kong = KONG.exec(key);
      if (kong && isMap(value)) plugins.push({ plugin: { ...value, name: kong[1] }, path: [...place, key], applies });
      else if (EXTENSION.test(key) && !GOOGLE.test(key))
        limits.push(...limitsWithin(value, { place: [...place, key].join('.'), applies }, leftOut));
    }
  limits.push(...googleLimits(document, leftOut));
  if (document.root['x-sla'] !== undefined) leftOut.push({ place: 'x-sla', why: 'give that file with --limits' });
  const kong = plugins.length > 0 ? readPlugins(input, plugins) : undefined;
  const stated = [...limits, ...(kong?.limits ?? [])];
  if (stated.length > 0) return { ...kong, limits: stated, leftOut: [...leftOut, ...(kong?.leftOut ?? [])] };
  return { limits: limitsInText(document), leftOut };
}

/** The objects that may have extensions: the document, its `info`, path items and operations. */
function* holdersOf(
  document: OpenApiDocument,
): Generator<{ holder: JsonObject; place: string[]; applies: AppliesTo | undefined }> {
  const { root } = document;
  yield { holder: root, place: [], applies: undefined };
  if (isObject(root['info'])) yield { holder: root['info'], place: ['info'], applies: undefined };
  const seen = new Set<JsonObject>();
  for (const [path, given] of Object.entries(isObject(root['paths']) ? root['paths'] : {})) {
    const item = document.follow(given);
    if (!isObject(item) || seen.has(item)) continue;
    seen.add(item);
    const ids = document.operations.filter(({ path: own }) => own === path || own === document.basePath + path);
    yield { holder: item, place: ['paths', path], applies: { operation: ids.map(({ id }) => id) } };
  }
  for (const { pointer, id } of document.operations) {
    const operation = document.at(pointer);
    if (isObject(operation)) yield { holder: operation, place: [id], applies: { operation: [id] } };
  }
}

/** Google Service Infrastructure: limits of metrics under `x-google-management`, and what an operation costs under `x-google-quota`. */
function googleLimits(document: OpenApiDocument, leftOut: LeftOut[]): FoundLimit[] {
  const management = document.root['x-google-management'];
  const quota = isMap(management) && isMap(management['quota']) ? management['quota'] : {};
  return mapsIn(quota['limits']).flatMap((one, i): FoundLimit[] => {
    const place = `x-google-management.quota.limits.${i}`;
    const { metric, unit, values } = one;
    const standard = isMap(values) ? Number(values['STANDARD']) : Number.NaN;
    const [, word = ''] = /^1\/(\w+)\/\{project\}$/.exec(String(unit)) ?? [];
    const window = windowIn(word);
    if (!window || !Number.isSafeInteger(standard)) {
      leftOut.push({ place, why: 'it has no unit such as 1/min/{project} with a STANDARD value' });
      return [];
    }
    const costs = document.operations.flatMap((operation) => {
      const own = document.at(operation.pointer);
      const given = isMap(own) ? (own['x-google-quota'] ?? document.root['x-google-quota']) : undefined;
      const cost = isMap(given) && isMap(given['metricCosts']) ? given['metricCosts'][String(metric)] : undefined;
      return cost === undefined ? [] : [{ id: operation.id, cost: Number(cost) }];
    });
    const uneven = costs.filter(({ cost }) => cost !== 1);
    if (uneven.length > 0)
      leftOut.push({
        place: 'x-google-quota',
        why: `${uneven.map(({ id, cost }) => `${id} costs ${cost}`).join(', ')} of ${String(metric)}; write that as the cost of the policy`,
      });
    if (costs.length === 0) {
      leftOut.push({ place, why: `no operation costs ${String(metric)}` });
      return [];
    }
    const applies = costs.length === document.operations.length ? undefined : { operation: costs.map(({ id }) => id) };
    return [
      {
        name: String(one['name'] ?? metric),
        quota: standard,
        window,
        algorithm: 'fixed-window',
        by: 'account',
        applies,
        note: `${place}; a project is an account here`,
      },
    ];
  });
}

/** What the texts say of a 429, or of limits in general; else the example of a limit header, whose window is a guess. */
function limitsInText(document: OpenApiDocument): FoundLimit[] {
  const { description } = isObject(document.root['info']) ? document.root['info'] : {};
  const texts: [place: string, text: string][] = [];
  const examples: [place: string, quota: number, hint: string][] = [];
  for (const operation of document.operations) {
    const responses = document.at(`${operation.pointer}/responses`);
    for (const [status, given] of isObject(responses) ? Object.entries(responses) : []) {
      const response = document.follow(given);
      if (!isObject(response)) continue;
      if (status === '429') texts.push([`${operation.id}, response 429`, String(response['description'] ?? '')]);
      const headers = document.follow(response['headers']);
      for (const [name, value] of isObject(headers) ? Object.entries(headers) : []) {
        const header = document.follow(value);
        if (!isObject(header) || !/(?:rate-?limit|quota)/i.test(name)) continue;
        const text = String(header['description'] ?? '');
        texts.push([`${operation.id}, header ${name}`, text]);
        const schema = document.follow(header['schema']);
        const example = Number(
          header['example'] ?? (isObject(schema) ? (schema['example'] ?? schema['default']) : undefined),
        );
        if (/limit$/i.test(name) && Number.isSafeInteger(example) && example > 0)
          examples.push([`${operation.id}, header ${name}`, example, text]);
      }
    }
  }
  texts.push(['info.description', limitingSentences(String(description ?? ''))]);
  const [best] = texts
    .map(([place, text]) => ({ place, text, rates: ratesIn(text) }))
    .filter(({ rates }) => rates.length > 0);
  if (best) return limitsOfSentences(best.place, best.text);
  const [example] = examples;
  if (!example) return [];
  const [place, quota, hint] = example;
  const [, word = quota >= 1_000 ? 'hour' : 'minute'] = /\b(second|minute|hour|day|month)(?:ly|s)?\b/i.exec(hint) ?? [];
  const window = windowOf(word.toLowerCase());
  return [
    { quota, window, algorithm: 'fixed-window', by: 'caller', note: `the example of ${place}; its window is a guess` },
  ];
}

/** The rates of a text, clause by clause, because each clause may say whom it counts. */
function limitsOfSentences(place: string, text: string): FoundLimit[] {
  const clauses = text.split(/[,;.](?=\s|$)/);
  return clauses.flatMap((clause) =>
    ratesIn(clause).map(
      ({ quota, window }): FoundLimit => ({
        ...{ quota, window, algorithm: 'fixed-window', by: whoIs(clause) ?? whoIs(text) ?? 'caller' },
        note: `read from the text of ${place}; whom it counts and when its window starts are guesses`,
      }),
    ),
  );
}

/** The sentences of a description that are about limits: others may speak of anything per day. */
function limitingSentences(text: string): string {
  return text
    .split(/(?<=[.!?])\s+|\n/)
    .filter((sentence) => /limit|throttl|quota|429/i.test(sentence))
    .join(' ');
}
