/**
 * The page that a browser gets at a provider's base URL, and at `/` where it may not see the dashboard. It lists what is served. Programs, which do not accept
 * HTML, get the provider's answer instead.
 * @module
 */
import { html } from 'hono/html';
import { VERSION } from '../../runtime/version.js';
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { CONTROL_PATH } from '../routing.js';
import { UI_PATH } from '../ui/path.js';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
code,pre{font:14px/1.5 ui-monospace,monospace;background:#f3f4f6;border-radius:4px;padding:.1em .3em}pre{padding:.8em;overflow-x:auto}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4em .8em .4em 0;border-bottom:1px solid #e3e5e8;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#15181c}code,pre{background:#22272e}td,th{border-color:#333a42}a{color:#7db4ff}}`;

/** Calls of the control API that are useful in a browser. */
const VIEWS = [
  ['/quotas', 'the remaining units of each limit'],
  ['/requests', 'the journal: requests and answers'],
  ['/report?format=markdown', 'the verdict on the clients'],
  ['/sandboxes', 'the named sandboxes'],
  ['/openapi.json', 'every control call'],
] as const;

/**
 * Renders the start page.
 *
 * @param prefix path prefix of the sandbox: `/~name`, or empty
 * @param origin origin as the client addresses it: `http://127.0.0.1:4290`
 * @param refusal why this browser may not see the dashboard; omitted where it may
 */
export function startPage(sandbox: Sandbox, prefix: string, origin: string, refusal?: string): Answer {
  const ids = sandbox.profiles;
  const addressOf = (id: string) => `${origin}${prefix}${ids.length === 1 ? '' : `/${id}`}`;
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>mock429</title><style>${STYLE}</style></head>
<body>
<h1>mock429 ${VERSION}</h1>
<p>A mock API server that limits its callers exactly as each provider documents it.</p>
<p>${refusal === undefined ? html`<a href="${prefix}${UI_PATH}">Open the dashboard</a>: limits, requests and the verdict, live.` : html`<a href="${prefix}${UI_PATH}">The dashboard</a> was not opened: ${refusal}.`}</p>
<h2>Served here</h2>
<table>
<thead><tr><th>Provider</th><th>Base URL for your client</th><th>Policies</th></tr></thead>
<tbody>${ids.map((id) => {
    const { profile, policies } = sandbox.provider(id);
    return html`<tr><td>${profile.title}<br><code>${id}</code></td><td><code>${addressOf(id)}</code></td><td>${policies.map((policy) => html`<code>${policy.id}</code> `)}</td></tr>`;
  })}</tbody>
</table>
<h2>Control API</h2>
<ul>${VIEWS.map(([path, what]) => html`<li><a href="${prefix}${CONTROL_PATH}${path}"><code>${prefix}${CONTROL_PATH}${path}</code></a>: ${what}</li>`)}</ul>
<p>On the command line <code>mock429 explain ${ids[0]}</code> explains in English how a provider limits its callers.</p>
</body>
</html>
`;
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=UTF-8', 'Cache-Control': 'no-store', Vary: 'Accept' },
    body: String(page),
  };
}
