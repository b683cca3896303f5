/**
 * Serves the dashboard at `/__mock429/ui`: the page, its script and its style. They hold no data, so a browser may load them without the control token, which it
 * could not send; the page's calls of the control API are guarded as all others.
 * @module
 */
import type { ControlHandler } from '../app.js';
import { type GuardRules, guardPage, WEBHOOK_HEADER } from '../control/guard.js';
import { problemResponse } from '../web/problem-json.js';
import { type Asset, Assets, asAsset } from './assets.js';
import { PAGE_HEADERS } from './headers.js';
import { splitUiPath } from './path.js';
import { SHELL } from './shell.js';

/** Creates the handler of the dashboard. @param assets default: the files of the package */
export function createUi(rules: GuardRules, assets: Assets = new Assets()): ControlHandler {
  const shell = asAsset(SHELL, 'text/html; charset=UTF-8');
  return (request, { ip, host }) => {
    const { headers, method } = request;
    const url = new URL(request.url);
    const refusal = guardPage(
      {
        ip,
        host: host ?? url.host,
        origin: headers.get('origin') ?? undefined,
        authorization: headers.get('authorization') ?? undefined,
        fetchSite: headers.get('sec-fetch-site') ?? undefined,
        isWebhook: headers.has(WEBHOOK_HEADER),
      },
      rules,
    );
    if (refusal) return problem(refusal.status, refusal.code, refusal.detail);
    const path = url.pathname;
    const { page, file: name } = splitUiPath(path);
    if (method !== 'GET' && method !== 'HEAD')
      return problem(405, 'method-not-allowed', `${path} takes GET and HEAD, not ${method}`, { Allow: 'GET, HEAD' });
    if (name === '')
      return new Response(null, {
        status: 302,
        headers: { ...PAGE_HEADERS, Location: page, 'Cache-Control': 'no-store' },
      });
    if (name !== undefined && !assets.has(name))
      return problem(404, 'unknown-file', `the dashboard has no such file; it has ${assets.names.join(' and ')}`);
    const missing = (name === undefined ? assets.names : [name]).find((one) => assets.get(one) === undefined);
    if (missing !== undefined) {
      const detail = `the dashboard is not built: dist/ui/${missing} is missing; run "npm run build" in the checkout of mock429`;
      return problem(503, 'not-built', detail);
    }
    return fileResponse(request, name === undefined ? shell : assets.get(name)!);
  };
}

function fileResponse({ method, headers }: Request, { body, type, etag }: Asset): Response {
  const sent = { ...PAGE_HEADERS, ETag: etag };
  if (matches(headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers: sent });
  return new Response(method === 'HEAD' ? null : body, { headers: { ...sent, 'Content-Type': type } });
}

/** RFC 9110 section 13.1.2. The comparison is weak. */
function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  return problemResponse(status, code, detail, {
    headers: { ...PAGE_HEADERS, 'Cache-Control': 'no-store', ...headers },
  });
}
