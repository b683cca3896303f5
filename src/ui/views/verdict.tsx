/**
 * The verdict on the clients, live, each finding joined to its requests on the timeline.
 * @module
 */
import type { Store } from '../data/store.js';
import type { Finding, Report } from '../data/types.js';
import { duration, number, timeOfDay } from '../model/format.js';
import { fitting } from '../model/view.js';
import { SourceLink } from '../parts/evidence.js';

/** The words and the symbol of a verdict. */
export const VERDICTS = {
  pass: { symbol: '✓', words: 'Pass' },
  warn: { symbol: '!', words: 'Warnings' },
  undecided: { symbol: '?', words: 'Undecided' },
  fail: { symbol: '✕', words: 'Fail' },
} as const;

/** The verdict as a badge. @param judged how many requests it is about; for 0 it is none */
export function VerdictBadge({
  verdict,
  judged = 1,
}: {
  readonly verdict: keyof typeof VERDICTS;
  readonly judged?: number;
}) {
  if (judged === 0) return <span data-testid="verdict">Nothing judged</span>;
  const { symbol, words } = VERDICTS[verdict];
  return (
    <span class={`badge ${verdict}`} data-testid="verdict">
      <i aria-hidden="true">{symbol}</i> {words}
    </span>
  );
}

/** Highlights the requests of a finding and shows their section of the timeline. */
export async function showOnTimeline(store: Store, { entries }: Pick<Finding, 'entries'>): Promise<void> {
  const found = await store.find(entries);
  const view = fitting(found.flatMap(({ at, comeBackAt }) => [at, ...comeBackAt.slice(-1)]));
  store.set({
    highlighted: new Set(entries),
    ...(view ? { view } : {}),
    announcement: `${found.length} requests are highlighted on the timeline`,
  });
  store.show('live');
  requestAnimationFrame(() => {
    const canvas = document.getElementById('timeline-canvas');
    canvas?.scrollIntoView({ block: 'center' });
    canvas?.focus({ preventScroll: true });
  });
}

/** The section with the verdict. */
export function Verdict({ store }: { readonly store: Store }) {
  const { report } = store.state;
  if (report === undefined) return <p class="empty">Judging …</p>;
  return (
    <div class="verdict-page">
      <section class="panel verdict-head" aria-labelledby="verdict-title">
        <h2 id="verdict-title">Verdict</h2>
        <VerdictBadge verdict={report.verdict} judged={report.requests.judged} />
        <span class="muted">
          on <b data-testid="judged">{number(report.requests.judged)}</b> requests
          {report.requests.lost > 0
            ? `; ${number(report.requests.lost)} had left the journal before they were judged`
            : ''}
        </span>
        {store.api.hasToken ? null : (
          <a href="report?format=html" target="_blank" rel="noopener">
            Open the report
          </a>
        )}
      </section>
      {store.isReportBehind ? (
        <p class="notice">
          Many requests arrive, so they are judged every few seconds only. This verdict is of{' '}
          {timeOfDay(store.state.reportAt).slice(0, 8)}.
        </p>
      ) : null}
      {report.profiles.length === 0 ? <p class="empty">No provider has received a request yet.</p> : null}
      {report.profiles.map((profile) => (
        <ProfileVerdict key={profile.profile} store={store} profile={profile} />
      ))}
    </div>
  );
}

function ProfileVerdict({ store, profile }: { readonly store: Store; readonly profile: Report['profiles'][number] }) {
  const { figures, findings, undecided, checks } = profile;
  const tiles: readonly (readonly [string, string, string])[] = [
    ['requests', 'Requests', number(figures.requests)],
    ['admitted', 'Admitted', number(figures.admitted)],
    ['refused', 'Refused', number(figures.refused)],
    ['succeeded', 'Succeeded', number(figures.succeeded)],
    ['failed', 'Failed', number(figures.failed)],
    ['told', 'Told to wait', duration(figures.toldToWaitMs)],
    ['waited', 'Waited', duration(figures.waitedMs)],
    ['streak', 'Longest refusal streak', number(figures.longestRefusalStreak)],
  ];
  return (
    <section class="panel" aria-label={`Verdict on the clients of ${profile.title}`}>
      <header class="panel-head">
        <h2>
          {profile.title} <span class="muted">{profile.profile}</span>
        </h2>
        <VerdictBadge verdict={profile.verdict} />
      </header>
      <dl class="tiles">
        {tiles.map(([id, label, value]) => (
          <div key={id} data-figure={id}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {findings.length === 0 && undecided.length === 0 ? <p class="empty">Nothing to criticise.</p> : null}
      <ul class="findings">
        {findings.map((finding) => (
          <FindingItem key={`${finding.check} ${finding.caller}`} store={store} finding={finding} />
        ))}
        {undecided.map((one) => (
          <li key={`${one.check} ${one.caller} ${one.says}`} class="finding undecided">
            <p>
              <span class="tag">undecided</span> <b>{one.caller}</b> {one.says}
            </p>
            {one.entries.length > 0 ? (
              <button type="button" onClick={() => showOnTimeline(store, one)}>
                Show on the timeline
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      <details>
        <summary>{checks.length} checks</summary>
        <ul class="checks">
          {checks.map(({ check, title, verdict, advice }) => (
            <li key={check}>
              <span class={`tag ${verdict}`}>{verdict}</span> <b>{check}</b> {title}.{' '}
              <span class="muted">{advice.says}</span>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function FindingItem({ store, finding }: { readonly store: Store; readonly finding: Finding }) {
  const { title, severity, caller, says, times, calls, hint, advice, entries, entriesOmitted, check } = finding;
  return (
    <li class={`finding ${severity}`} data-check={check}>
      <p class="finding-title">
        <span class={`tag ${severity}`}>{severity === 'error' ? 'error' : 'warning'}</span> <b>{title}</b>
        <span class="muted"> ×{number(times)}</span>
      </p>
      <p>
        {caller} {says}.
      </p>
      <p class="muted">
        {advice.says}. <span class={`evidence ${advice.level}`}>{advice.level}</span>
        {advice.source ? (
          <>
            {': '}
            <SourceLink source={advice.source} />
          </>
        ) : null}
      </p>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      <div class="finding-calls">
        <button type="button" class="primary" onClick={() => showOnTimeline(store, finding)}>
          Show {number(entries.length)}
          {entriesOmitted > 0 ? ` of ${number(entries.length + entriesOmitted)}` : ''} requests on the timeline
        </button>
        {calls.map(({ id, at, knew }) => (
          <button
            key={id}
            type="button"
            title={knew === undefined ? '' : `It knew ${knew}`}
            onClick={() => store.explain(id)}
          >
            #{id} <span class="muted">{timeOfDay(at)}</span>
          </button>
        ))}
      </div>
    </li>
  );
}
