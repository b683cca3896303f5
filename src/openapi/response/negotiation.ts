/**
 * Content negotiation (RFC 9110 section 12): which of the documented media types answers a request.
 * @module
 */
import { createRequire } from 'node:module';
import { contentKind, essence, matchesRange } from '../media-type.js';

const require = createRequire(import.meta.url);

/** A media type that can be sent. */
export interface Offer {
  /** As the document writes it; may be a range, such as `image/*`. */
  readonly documented: string;
  /** Concrete, with its parameters. */
  readonly mediaType: string;
}

/** Types that stand for a range, the first of which is sent to clients that accept anything. */
const CONCRETE: Readonly<Record<string, readonly string[]>> = {
  '*/*': [
    'application/json',
    'application/xml',
    'text/plain',
    'text/html',
    'text/csv',
    'application/octet-stream',
    'image/png',
    'application/pdf',
  ],
  'application/*': ['application/json', 'application/xml', 'application/octet-stream', 'application/pdf'],
  'text/*': ['text/plain', 'text/html', 'text/csv', 'text/xml'],
  'image/*': ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/svg+xml'],
  'audio/*': ['audio/wav', 'audio/mpeg'],
  'video/*': ['video/mp4'],
  'multipart/*': ['multipart/mixed'],
};

/** The types that documented types and ranges offer, JSON first. */
export function offersOf(documented: readonly string[]): Offer[] {
  const offers = documented.flatMap((one) => {
    const type = essence(one);
    const concrete =
      CONCRETE[type === '*' ? '*/*' : type] ?? (type.endsWith('/*') ? [`${type.slice(0, -1)}octet-stream`] : [one]);
    return concrete.map((mediaType): Offer => ({ documented: one, mediaType }));
  });
  return offers
    .map((offer, i) => ({ offer, rank: rankOf(offer) * 1_000 + i }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ offer }) => offer);
}

function rankOf({ documented, mediaType }: Offer): number {
  if (contentKind(mediaType) !== 'json') return 2;
  // A range that includes JSON comes after documented JSON.
  return documented === mediaType ? 0 : 1;
}

/** The offer that a client likes best; `undefined` if it accepts none. @param accept the header's value @param offers the preferred first */
export function negotiate(accept: string | undefined, offers: readonly Offer[]): Offer | undefined {
  if (accept === undefined || accept.trim() === '') return offers[0];
  return (
    best(accept, offers) ??
    // Parameters, such as a charset, are no reason to refuse.
    best(withoutParameters(accept), offers) ??
    ofRange(accept, offers) ??
    ofSuffix(accept, offers)
  );
}

function best(accept: string, offers: readonly Offer[]): Offer | undefined {
  const Negotiator = require('negotiator') as new (request: {
    headers: { accept: string };
  }) => { mediaTypes(available: string[]): string[] };
  const available = [...new Set(offers.map(({ mediaType }) => mediaType))];
  const [chosen] = new Negotiator({ headers: { accept } }).mediaTypes(available);
  return offers.find(({ mediaType }) => mediaType === chosen);
}

function withoutParameters(accept: string): string {
  return accept
    .split(',')
    .map((one) => {
      const [type = '', ...parameters] = one.split(';');
      return [type, ...parameters.filter((parameter) => /^\s*q\s*=/i.test(parameter))].join(';');
    })
    .join(',');
}

/** A type that the client names and that falls under a documented range. */
function ofRange(accept: string, offers: readonly Offer[]): Offer | undefined {
  for (const mediaType of typesIn(accept)) {
    const range = offers.find(({ documented }) => documented.includes('*') && matchesRange(documented, mediaType));
    if (range && !mediaType.includes('*')) return { documented: range.documented, mediaType };
  }
  return undefined;
}

/**
 * For clients that accept `application/json`: a type with the suffix `+json`, and the same for XML. The other way round, for clients that name such a type: the
 * plain one. Servers that version their API by the type (`application/vnd.github+json`) send `application/json`, and document only that.
 */
function ofSuffix(accept: string, offers: readonly Offer[]): Offer | undefined {
  for (const mediaType of typesIn(accept)) {
    const [, suffix, subtype] = /^(?:application|text)\/([^*/]+\+)?(json|xml)$/.exec(mediaType) ?? [];
    if (subtype === undefined) continue;
    const offer = offers.find((one) => {
      const offered = essence(one.mediaType);
      return suffix === undefined ? offered.endsWith(`+${subtype}`) : PLAIN.test(offered) && offered.endsWith(subtype);
    });
    if (offer) return offer;
  }
  return undefined;
}

const PLAIN = /^(?:application|text)\/(?:json|xml)$/;

/** The types that an `Accept` field names, without those that it excludes by `q=0`. */
function typesIn(accept: string): string[] {
  return accept
    .split(',')
    .filter((one) => !/;\s*q\s*=\s*0(?:\.0*)?\s*(?:;|$)/i.test(one))
    .map(essence);
}
