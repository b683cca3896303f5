/**
 * Why a request was admitted or refused, policy by policy, with the page of the provider that says so.
 * @module
 */
import type { Store } from '../data/store.js';
import type { Explanation } from '../data/types.js';
import { facts, instant, timeOfDay } from '../model/format.js';
import { kindOf } from '../model/marks.js';
import { Dialog } from '../parts/dialog.js';
import { Evidence } from '../parts/evidence.js';
import { KIND_WORDS, KindMark } from '../parts/kind-mark.js';
import { Decisions, statusText } from './mark-card.js';

/** The side panel with the explanation of a request. */
export function ExplainPanel({ store }: { readonly store: Store }) {
  const { explanation } = store.state;
  if (explanation === undefined) return null;
  const { id, siblings, value, error } = explanation;
  const place = siblings.indexOf(id);
  const go = (by: number) => store.explain(siblings[place + by]!, siblings);
  return (
    <Dialog title={`Request ${id}`} kind="sheet" onClose={() => store.set({ explanation: undefined })}>
      {siblings.length > 1 ? (
        <nav class="siblings" aria-label="Requests of this mark">
          <button type="button" disabled={place <= 0} onClick={() => go(-1)}>
            ‹ earlier
          </button>
          <span class="muted">
            {place + 1} of {siblings.length}
          </span>
          <button type="button" disabled={place >= siblings.length - 1} onClick={() => go(1)}>
            later ›
          </button>
        </nav>
      ) : null}
      {error === undefined ? null : <p class="failure">{error}</p>}
      {value === undefined ? error === undefined ? <p class="muted">Reading …</p> : null : <Explained value={value} />}
    </Dialog>
  );
}

function Explained({ value }: { readonly value: Explanation }) {
  const { request, summary, policies } = value;
  const { peer, caller, client, durationMs, at } = request;
  const kind = kindOf(request);
  return (
    <article class="explained">
      <p class="verdict-line">
        <KindMark kind={kind} /> <b>{KIND_WORDS[kind]}</b> · {statusText(request)} · {instant(at)}
        {timeOfDay(at).slice(8)} UTC
      </p>
      <p class="summary">{summary}</p>
      <Decisions entry={request} />
      <dl class="facts">
        <dt>request</dt>
        <dd>
          {request.method} {request.path}
        </dd>
        <dt>caller</dt>
        <dd>{caller === undefined ? 'unknown' : facts(caller)}</dd>
        {client === undefined ? null : [<dt key="client">client</dt>, <dd key="named">{client}</dd>]}
        {peer === undefined
          ? null
          : [
              <dt key="connection">connection</dt>,
              <dd key="peer">
                {peer.connection}
                {peer.userAgent === undefined ? '' : ` · ${peer.userAgent}`}
              </dd>,
            ]}
        <dt>took</dt>
        <dd>{durationMs} ms of real time</dd>
      </dl>
      <h3>Policies</h3>
      <ul class="policies">
        {policies.map(({ policy, part, text, rule, evidence, source }) => (
          <li key={policy} class={part}>
            <p>
              <b>{policy}</b> <span class="tag">{part.replace('-', ' ')}</span>
            </p>
            <p>{text}</p>
            <p class="muted">Rule: {rule}</p>
            <p>
              <Evidence evidence={evidence} source={source} />
            </p>
          </li>
        ))}
      </ul>
    </article>
  );
}
