/**
 * The requests of a report as pictures draw them.
 * @module
 */
import type { ReportedRequest } from '../renderer.js';

/** What became of a request. `free`: admitted, and no limit charged it. */
export type MarkKind = 'admitted' | 'free' | 'refused' | 'failed';

/** A request whose instants are known. */
export type Drawn = ReportedRequest & { readonly at: number; readonly sentAt: number };

/** The requests of a report in the order of arrival, prepared once for all scenes. */
export class DrawnRequests {
  readonly #byId = new Map<string, Drawn>();
  readonly #groups = new Map<string, Drawn[]>();

  constructor(requests: Iterable<ReportedRequest>) {
    for (const request of requests) {
      const { at, sentAt } = request;
      if (at === undefined) continue;
      const drawn: Drawn = { ...request, at, sentAt: sentAt ?? at };
      this.#byId.set(request.id, drawn);
      const group = this.#groups.get(groupOf(drawn));
      if (group) group.push(drawn);
      else this.#groups.set(groupOf(drawn), [drawn]);
    }
    for (const group of this.#groups.values()) group.sort((a, b) => numberOf(a) - numberOf(b));
  }

  /** A request by its id. */
  get(id: string): Drawn | undefined {
    return this.#byId.get(id);
  }

  /** The requests to the same provider in the same sandbox, in order of arrival. */
  around(request: Drawn): readonly Drawn[] {
    return this.#groups.get(groupOf(request)) ?? [];
  }
}

/** What became of a request. */
export function kindOf({ status = 200, admitted = true, broken, decisions = [] }: ReportedRequest): MarkKind {
  if (!admitted || status === 429) return 'refused';
  if (status === 0 || status >= 500 || broken === 'cut') return 'failed';
  return decisions.length > 0 && decisions.every(({ charged }) => charged === 0) ? 'free' : 'admitted';
}

/** The end of the wait that the answer told, by the sandbox's clock in epoch ms: from `Retry-After`, else the latest stated instant. `undefined` if it told none. */
export function toldUntil({ at = 0, sentAt = at, retryAfter, comeBackAt = [] }: ReportedRequest): number | undefined {
  return retryAfter === undefined ? comeBackAt.at(-1) : sentAt + retryAfter * 1_000;
}

function groupOf({ id, profile = '' }: Drawn): string {
  return `${profile} ${id.replace(/\d+$/, '')}`;
}

/** The number of a request, from its id. It rises with arrival. */
export function numberOf({ id }: Drawn): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}
