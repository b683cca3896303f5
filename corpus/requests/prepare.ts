/**
 * The requests for one document: a seeded sample of its operations, for each some valid requests and some with one thing broken.
 * @module
 */
import { Random } from '../../fuzz/random.js';
import { hasSuccess, type Operation } from '../api/operation.js';
import { operationsOf } from '../api/operations.js';
import type { Source } from '../api/source.js';
import { Checks } from '../schema/checks.js';
import { brokenDrafts, choose } from './invalid.js';
import type { Draft, Prepared } from './request.js';
import { CannotBuild, type Tools, validDraft } from './valid.js';
import { writeRequest } from './write.js';

/** Shares of the optional parts in the valid requests of an operation: the smallest request, and one with about half of them. */
const SHARES = [0, 0.5];
const MOST_BROKEN = 4;

/** The requests of one document. */
export interface Requests {
  readonly prepared: readonly Prepared[];
  /** Operations of the document. */
  readonly operations: number;
  /** Operations of the sample for which no valid request could be made, with the reason. */
  readonly unbuilt: readonly { readonly operation: string; readonly why: string }[];
}

/** @param seed the same seed and document give the same requests */
export function prepare(source: Source, seed: number, most: number): Requests {
  const all = operationsOf(source);
  const sample = sampleOf(all.filter(hasSuccess), most, new Random(seed));
  const literal = new Set(all.filter(({ path }) => !path.includes('{')).map(({ method, path }) => `${method} ${path}`));
  const templates = new Map<string, number>();
  for (const one of all) templates.set(templateOf(one), (templates.get(templateOf(one)) ?? 0) + 1);
  const checks = new Checks(source, 'request');
  const prepared: Prepared[] = [];
  const unbuilt: { operation: string; why: string }[] = [];
  for (const [index, operation] of sample.entries()) {
    // Each operation has its own numbers, so that a change to one leaves the others as they are.
    const tools: Tools = { source, checks, random: new Random(seed, index + 1) };
    try {
      if (operation.path.includes('}{')) throw new CannotBuild('two path parameters with nothing between them');
      if (templates.get(templateOf(operation))! > 1) throw new CannotBuild('another operation has the same path');
      for (const one of requestsOf(tools, operation, literal)) prepared.push(one);
    } catch (error) {
      if (!(error instanceof CannotBuild)) throw error;
      unbuilt.push({ operation: operation.id, why: error.message });
    }
  }
  return { prepared, operations: all.length, unbuilt };
}

/** Equal for `/icons/{id}` and `/icons/{term}`: a request does not show which of the two it is for. */
function templateOf({ method, path }: Operation): string {
  return `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`;
}

function requestsOf(tools: Tools, operation: Operation, literal: ReadonlySet<string>): Prepared[] {
  const drafts = SHARES.map((share) => validDraft(tools, operation, share));
  const write = (draft: Draft) => writeRequest(tools.source, draft);
  const valid = drafts.map((draft): Prepared => ({ operation, purpose: { kind: 'valid' }, request: write(draft) }));
  const [path] = valid[0]!.request.target.split('?');
  if (operation.path.includes('{') && literal.has(`${operation.method} ${path}`))
    throw new CannotBuild('its path is that of another operation');
  const broken = drafts.flatMap((draft) => brokenDrafts(tools, draft));
  const invalid = choose(broken, MOST_BROKEN, tools).map(
    ({ draft, purpose }): Prepared => ({ operation, purpose, request: write(draft) }),
  );
  return [...unique(valid), ...invalid];
}

function unique(requests: readonly Prepared[]): Prepared[] {
  const text = ({ request }: Prepared) =>
    `${request.target}\n${JSON.stringify(request.headers)}\n${request.body?.toString('latin1')}`;
  return [...new Map(requests.map((one) => [text(one), one])).values()];
}

/** In the order of the document, so that two operations that share state meet in a natural order. */
function sampleOf<T>(from: readonly T[], most: number, random: Random): T[] {
  const keyed = from.map((one, index) => ({ one, index, key: random.below(2 ** 31) }));
  const chosen = keyed.sort((a, b) => a.key - b.key).slice(0, most);
  return chosen.sort((a, b) => a.index - b.index).map(({ one }) => one);
}
