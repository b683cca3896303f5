/**
 * What the timeline tells about a mark: the decision, and the headers that the journal has.
 * @module
 */
import type { JournalEntry } from '../data/types.js';
import { duration, number, timeOfDay } from '../model/format.js';
import type { Mark } from '../model/marks.js';
import { KIND_WORDS, KindMark } from '../parts/kind-mark.js';

const CARD_PX = 390;

/** A mark in one sentence. */
export function markText({ kind, entries }: Mark): string {
  const newest = entries.at(-1)!;
  const many =
    entries.length > 1 ? `${entries.length} requests ${KIND_WORDS[kind]}, the last: ` : `${KIND_WORDS[kind]}: `;
  return `${many}${newest.method} ${newest.path}, ${statusText(newest)}, at ${timeOfDay(newest.at)}`;
}

/** The status of an answer in words. */
export function statusText({ status, refusedBy }: JournalEntry): string {
  if (status === 0) return 'no answer';
  return refusedBy === undefined ? String(status) : `${status} by ${refusedBy}`;
}

/** What the headers of the answer told, and what the policies decided. */
export function Decisions({ entry }: { readonly entry: JournalEntry }) {
  const { decisions, told, retryAfter, etag, cache } = entry;
  return (
    <table class="decisions">
      <tbody>
        {decisions.map(({ policy, allowed, remaining, limit, charged }) => (
          <tr key={policy}>
            <th scope="row">{policy}</th>
            <td>{allowed ? 'admitted' : 'refused'}</td>
            <td>
              {number(remaining)} of {number(limit)} left
            </td>
            <td>{charged === 0 ? 'free' : `charged ${number(charged)}`}</td>
          </tr>
        ))}
        {told.map(({ policy, remaining, resetAt }) => (
          <tr key={`told ${policy}`}>
            <th scope="row">header</th>
            <td colSpan={3}>
              {policy}: {number(remaining)} left{resetAt === null ? '' : `, resets ${timeOfDay(resetAt).slice(0, 8)}`}
            </td>
          </tr>
        ))}
        {retryAfter === undefined ? null : (
          <tr>
            <th scope="row">Retry-After</th>
            <td colSpan={3}>{duration(retryAfter * 1_000)}</td>
          </tr>
        )}
        {etag === undefined ? null : (
          <tr>
            <th scope="row">ETag</th>
            <td colSpan={3}>{etag}</td>
          </tr>
        )}
        {cache === undefined ? null : (
          <tr>
            <th scope="row">cache</th>
            <td colSpan={3}>{cache}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** The card beside the pointer. */
export function MarkCard({
  mark,
  x,
  y,
  width,
}: {
  readonly mark: Mark;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}) {
  const { kind, entries } = mark;
  const newest = entries.at(-1)!;
  const left = Math.max(0, Math.min(x + 14, width - CARD_PX));
  return (
    <div class="card" style={`left: ${left}px; top: ${y + 14}px`} data-testid="mark-card">
      <p>
        <KindMark kind={kind} />{' '}
        <b>{entries.length > 1 ? `${entries.length} ${KIND_WORDS[kind]}` : KIND_WORDS[kind]}</b>{' '}
        <span class="muted">{timeOfDay(newest.at)}</span>
      </p>
      <p class="request">
        {newest.method} {newest.path}
      </p>
      <p class="muted">
        {statusText(newest)} · request {newest.id}
      </p>
      <Decisions entry={newest} />
    </div>
  );
}
