/**
 * The scope of templates: the request, its caller, the time, new ids, and the status of policies at that moment.
 * @module
 */

import type { Instant } from '../../limits/engine.js';
import { callerFact, cookieValue, dig, nameIn } from '../../limits/facts.js';
import type { Scope } from '../../limits/render/template.js';
import type { IdSource } from '../../state/store.js';
import type { PolicyStatuses } from './policy-queries.js';
import type { Request } from './request.js';

/** The roots that every template may use. Profiles are checked against them when they are loaded. */
export const SCOPE_ROOTS = [
  'request',
  'caller',
  'body',
  'query',
  'params',
  'header',
  'cookie',
  'ip',
  'now',
  'new',
  'policies',
] as const;

/** The parts of an exchange that templates read. */
export interface ScopeSource {
  readonly request: Request;
  readonly requestId: string | undefined;
  readonly providerState: {
    readonly ids: IdSource;
    /** Its `baseUrl` is the value of `request.base` if the request has no base URL. */
    readonly provider: { readonly profile: { readonly baseUrl: string } };
  };
  readonly instant: Instant;
  /** The current status of the queried policies. */
  readonly statuses: PolicyStatuses;
  /** The validated query and body, with defaults; unset before validation. */
  checked: { readonly query: Readonly<Record<string, unknown>>; readonly body: unknown } | undefined;
}

/** Creates the scope of an exchange's templates. */
export function createScope(source: ScopeSource): Scope {
  const { request } = source;
  return (path) => {
    const name = nameIn(path);
    switch (path[0]) {
      case 'request':
        return requestFact(source, name);
      case 'caller':
        return name === 'account' ? request.caller?.account : callerFact(request.caller, name);
      case 'body':
        return dig(source.checked?.body ?? request.body, path, 1);
      case 'query':
        return source.checked?.query[name] ?? request.query.get(name) ?? undefined;
      case 'params':
        return request.params[name];
      case 'header':
        return request.header(name);
      case 'cookie':
        return cookieValue(request.header('cookie'), name);
      case 'ip':
        return request.ip;
      case 'now':
        return source.instant.now;
      case 'new':
        return fresh(source.providerState.ids, name, source.instant.now);
      case 'policies': {
        if (path[2] === 'rate') return source.statuses.rate(path[1] ?? '');
        const status = source.statuses.get(path[1] ?? '');
        return status && dig(status, path, 2);
      }
      default:
        return undefined;
    }
  };
}

function requestFact(source: ScopeSource, name: string): string | undefined {
  const { request } = source;
  if (name === 'id') return source.requestId;
  if (name === 'method') return request.method;
  if (name === 'path') return request.path;
  return name === 'base' ? (request.arrival.base?.() ?? source.providerState.provider.profile.baseUrl) : undefined;
}

/** A new id: `uuid`, `ulid`, `serial`, or `lower<n>` for n lower-case characters. */
export function fresh(ids: IdSource, kind: string, now: number): unknown {
  if (kind === 'uuid') return ids.uuid();
  if (kind === 'ulid') return ids.ulid(now);
  if (kind === 'serial') return ids.next();
  const lower = /^lower(\d+)$/.exec(kind);
  return lower ? ids.lower(Number(lower[1])) : undefined;
}
