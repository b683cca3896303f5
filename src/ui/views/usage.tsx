/**
 * Usage as a provider's own page shows it: calls in the current minute, hour and day, the trend of seven days, each key, and a banner near a limit.
 * @module
 */
import type { Store } from '../data/store.js';
import type { ProfileUsage } from '../data/types.js';
import { duration, facts, number } from '../model/format.js';
import { countedTexts, keyHashes, limitHashes } from '../model/usage.js';
import { HashMark } from '../parts/hash-mark.js';
import { TableScroll } from '../parts/table-scroll.js';

/** The words for the counts of calls. */
const CALLS = { minute: 'Calls this minute', hour: 'Calls this hour', day: 'Calls today' } as const;

/** The share of a limit from which its bar has another colour. */
const NEAR = 0.8;

/** The section with the usage. */
export function UsagePage({ store }: { readonly store: Store }) {
  const { usage } = store.state;
  if (usage === undefined) return <p class="empty">Reading the usage …</p>;
  const now = store.now();
  return (
    <div class="usage-page">
      {usage.profiles.map((profile) => (
        <ProfileUsageView key={profile.profile} usage={profile} now={now} title={titleOf(store, profile.profile)} />
      ))}
    </div>
  );
}

function titleOf(store: Store, id: string): string {
  return store.state.profiles.find((profile) => profile.id === id)?.title ?? id;
}

function ProfileUsageView({
  usage,
  now,
  title,
}: {
  readonly usage: ProfileUsage;
  readonly now: number;
  readonly title: string;
}) {
  const { profile, total, trend, keys, limits, warnings, moreKeys, moreLimits, moreWarnings, countedBy } = usage;
  const [hashesOfKeys, hashesOfLimits, hashesOfWarnings] = [
    keyHashes(keys),
    limitHashes(limits),
    limitHashes(warnings),
  ];
  const most = Math.max(1, ...trend.map(({ calls }) => calls));
  return (
    <section class="panel usage" aria-label={`Usage of ${title}`} data-profile={profile}>
      <header class="panel-head">
        <h2>
          {title} <span class="muted">{profile}</span>
        </h2>
      </header>
      {/* Keys whose masked forms are equal have equal partitions, so the rows of these lists are known by position. */}
      {warnings.map(({ policy, partition, percent, message }, i) => (
        <div key={i} class="banner" role="status">
          <b>
            <i aria-hidden="true">!</i> {number(percent)} % of {policy} is used
          </b>
          <span>
            {message} <span class="muted">({facts(partition)})</span> <HashMark hash={hashesOfWarnings[i]} />
          </span>
        </div>
      ))}
      <More count={moreWarnings} of="near their limit" />
      <div class="usage-top">
        <dl class="tiles big">
          {(['minute', 'hour', 'day'] as const).map((window) => (
            <div key={window} data-calls={window}>
              <dt>{CALLS[window]}</dt>
              <dd>{number(total[window])}</dd>
            </div>
          ))}
        </dl>
        <figure class="trend">
          <figcaption>Calls per day, 7 days</figcaption>
          <ol>
            {trend.map(({ day, calls }) => (
              <li key={day}>
                <span class="trend-value">{number(calls)}</span>
                <span class="trend-track" aria-hidden="true">
                  <i style={`height: ${Math.max(calls > 0 ? 3 : 0, (calls / most) * 100)}%`} />
                </span>
                <span class="muted">{day.slice(5)}</span>
              </li>
            ))}
          </ol>
        </figure>
      </div>
      <h3>By key</h3>
      {keys.length === 0 ? (
        <p class="empty">No key has been used.</p>
      ) : (
        <TableScroll label="Calls by key">
          <table>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Minute</th>
                <th scope="col">Hour</th>
                <th scope="col">Day</th>
                <th scope="col">7 days</th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key, i) => (
                <tr key={i}>
                  <th scope="row">
                    {key.key} <HashMark hash={hashesOfKeys[i]} />
                  </th>
                  <td>{number(key.minute)}</td>
                  <td>{number(key.hour)}</td>
                  <td>{number(key.day)}</td>
                  <td>
                    <Spark values={key.trend} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
      <More count={moreKeys} of="keys with fewer calls" />
      <p class="muted more" data-testid="counted-by">
        {countedTexts(countedBy).join(' ')}
      </p>
      <h3>Limits</h3>
      <ul class="limits">
        {limits.map(({ policy, partition, used, limit, resetAt }, i) => (
          <li key={i}>
            <span>
              <b>{policy}</b> <span class="muted">{facts(partition)}</span> <HashMark hash={hashesOfLimits[i]} />
            </span>
            <meter
              min={0}
              max={Math.max(1, limit)}
              high={limit * NEAR}
              optimum={0}
              value={used}
              aria-label={`${policy}, ${facts(partition)}`}
            />
            <span>
              {number(used)} of {number(limit)}{' '}
              <span class="muted">{resetAt === null ? '' : `resets in ${duration(Date.parse(resetAt) - now)}`}</span>
            </span>
          </li>
        ))}
      </ul>
      <More count={moreLimits} of="limits, which are less used" />
    </section>
  );
}

/** How many rows the answer of the API leaves out. */
function More({ count, of }: { readonly count: number; readonly of: string }) {
  return count === 0 ? null : (
    <p class="muted more">
      {number(count)} more {of}
    </p>
  );
}

/** A row of numbers as small bars. */
function Spark({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(1, ...values);
  return (
    <svg class="spark" width="70" height="18" viewBox="0 0 70 18" role="img" aria-label={values.map(number).join(', ')}>
      {values.map((value, i) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * 18);
        return <rect key={i} x={i * 10 + 1} y={18 - height} width="8" height={height} />;
      })}
    </svg>
  );
}
