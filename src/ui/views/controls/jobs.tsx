/**
 * Jobs: lists them, ends them, and changes when and how they end.
 * @module
 */
import { useState } from 'hono/jsx/dom';
import { jobChange } from '../../data/changes.js';
import { jobKind } from '../../data/state.js';
import type { Store } from '../../data/store.js';
import type { Job } from '../../data/types.js';
import { facts, number } from '../../model/format.js';
import { isRunning, type JobEnd, jobEndText, jobsInOrder, jobUpdate } from '../../model/jobs.js';
import { CommandLines } from '../../parts/command-lines.js';
import { NumberField, SelectField } from '../../parts/fields.js';

/** Jobs that are listed. */
const MAX_ROWS = 50;

/** The panel of the jobs; nothing where no profile has any. */
export function Jobs({ store }: { readonly store: Store }) {
  const { jobs, jobEnds } = store.state;
  if (jobEnds.size === 0 && jobs.length === 0) return null;
  const now = store.now();
  const sorted = jobsInOrder(jobs, now);
  const running = sorted.filter((job) => isRunning(job, now));
  return (
    <section class="panel" aria-labelledby="jobs-title">
      <header class="panel-head">
        <h2 id="jobs-title">
          Jobs{' '}
          <span class="count" data-testid="running-jobs">
            {number(running.length)}
          </span>{' '}
          <span class="muted">running</span>
        </h2>
      </header>
      {jobs.length === 0 ? (
        <p class="empty">No job. A request that starts one, such as a prediction, makes one.</p>
      ) : (
        <ul class="rows">
          {sorted.slice(0, MAX_ROWS).map((job) => (
            <JobRow key={`${job.profile} ${job.id}`} store={store} job={job} now={now} />
          ))}
        </ul>
      )}
      {jobs.length > MAX_ROWS ? <p class="muted more">{number(jobs.length - MAX_ROWS)} more jobs</p> : null}
      {running.length === 0 ? null : <JobForm store={store} running={running} now={now} />}
    </section>
  );
}

function JobRow({ store, job, now }: { readonly store: Store; readonly job: Job; readonly now: number }) {
  const { id, profile, collection, state, holds, outcome } = job;
  const change = jobChange(store.api.sandbox, id, { profile, state: outcome });
  return (
    <li data-job={id}>
      <span class="grow">
        <b>{id}</b> <span class="tag">{state}</span>{' '}
        <span class="muted">
          {collection} of {profile}
          {holds.map(({ policy, partition }) => `, holds ${policy} of ${facts(partition)}`)}
        </span>
      </span>
      <span class="muted">{jobEndText(job, now)}</span>
      {isRunning(job, now) ? (
        <button
          type="button"
          aria-label={`End now: ${id}`}
          title={`It ends as ${outcome}`}
          onClick={() => store.make(change, `${id} has ended: ${outcome}`)}
        >
          End now
        </button>
      ) : null}
    </li>
  );
}

const ENDS = [
  ['planned', 'as planned'],
  ['now', 'now'],
  ['later', 'after a time'],
  ['never', 'when changed again'],
] as const;

function JobForm({
  store,
  running,
  now,
}: {
  readonly store: Store;
  readonly running: readonly Job[];
  readonly now: number;
}) {
  const [key, setKey] = useState('');
  const [ends, setEnds] = useState<string>('planned');
  const [chosen, setState] = useState('');
  const [inMs, setInMs] = useState('60000');
  const keyOf = ({ profile, id }: Job) => `${profile} ${id}`;
  const job = running.find((one) => keyOf(one) === key) ?? running[0]!;
  const states = store.state.jobEnds.get(jobKind(job)) ?? [job.outcome];
  const state = states.includes(chosen) ? chosen : job.outcome;
  const change = jobChange(store.api.sandbox, job.id, jobUpdate(job, ends as JobEnd, state, Number(inMs), now));
  const submit = (event: Event) => {
    event.preventDefault();
    void store.make(change, `${job.id} was changed`);
  };
  return (
    <form class="grid-form" aria-label="Change how a job ends" onSubmit={submit}>
      <SelectField
        isWide
        label="Job"
        value={keyOf(job)}
        options={running.map((one) => [keyOf(one), `${one.id} · ${one.collection} of ${one.profile}`] as const)}
        onChange={setKey}
      />
      <SelectField label="It ends" value={ends} options={ENDS} onChange={setEnds} />
      {ends === 'later' ? <NumberField label="Milliseconds from now" value={inMs} min={0} onChange={setInMs} /> : null}
      {ends === 'never' ? null : (
        <SelectField
          label="Outcome"
          value={state}
          options={states.map((one) => [one, one] as const)}
          onChange={setState}
        />
      )}
      <CommandLines api={store.api} change={change} sandbox={store.api.sandbox} />
      <button type="submit" class="primary">
        Change the job
      </button>
    </form>
  );
}
