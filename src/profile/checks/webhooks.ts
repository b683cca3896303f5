/**
 * Checks webhooks and logs of calls: the names of collections, states and operations, and their templates.
 * @module
 */
import { suggest } from '../errors.js';
import { BEHAVIOUR_ROOTS, type Checker, COMMON_ROOTS } from './checker.js';

/** Roots of templates of a whole delivery. No request is being answered then. */
const DELIVERY_ROOTS = ['event', 'sentAt', 'now', 'new'];
/** Roots of the data of an event that the end of a job raises. */
const JOB_ROOTS = ['item', 'job', 'event', 'now', 'new'];
/** Roots of an entry of a log of calls. */
const CALL_ROOTS = ['caller', 'call', 'now', 'new', 'item'];

/** Checks the webhooks of a profile. */
export function checkWebhooks({ profile, add, named, template, checkHeaderName }: Checker): void {
  for (const [id, { calls }] of Object.entries(profile.collections)) {
    template(calls?.item, ['collections', id, 'calls', 'item'], CALL_ROOTS);
    for (const fact of Object.keys(calls?.callers ?? {}))
      named('fact', fact, ['collections', id, 'calls', 'callers', fact]);
  }
  const { webhooks } = profile;
  if (!webhooks) return;
  const { registered, signature } = webhooks;
  template(webhooks.id, ['webhooks', 'id'], DELIVERY_ROOTS);
  template(webhooks.body, ['webhooks', 'body'], DELIVERY_ROOTS);
  template(webhooks.headers, ['webhooks', 'headers'], [...DELIVERY_ROOTS, ...(signature ? ['signature'] : [])]);
  for (const header of Object.keys(webhooks.headers)) checkHeaderName(header, ['webhooks', 'headers', header]);
  template(signature?.content, ['webhooks', 'signature', 'content'], [...DELIVERY_ROOTS, 'raw']);
  named('collection', registered?.collection, ['webhooks', 'registered', 'collection']);
  for (const key of ['url', 'secret', 'events'] as const)
    template(registered?.[key], ['webhooks', 'registered', key], ['item']);
  for (const [type, event] of Object.entries(webhooks.events)) {
    const path = ['webhooks', 'events', type];
    named('collection', event.job, [...path, 'job']);
    for (const [i, id] of (event.operations ?? []).entries()) named('operation', id, [...path, 'operations', i]);
    const roots = event.operations ? [...BEHAVIOUR_ROOTS, 'event'] : event.job ? JOB_ROOTS : [...COMMON_ROOTS, 'event'];
    template(event.data, [...path, 'data'], roots);
    const life = event.job === undefined ? undefined : profile.collections[event.job]?.life;
    if (event.job !== undefined && profile.collections[event.job] && !life) {
      const problem = `the items of "${event.job}" have no life, so none of them ends`;
      add('no-life', [...path, 'job'], problem, 'give the collection a life');
    }
    const ends = life ? [life.outcome, ...Object.keys(life.views)].filter((state) => state !== life.running) : [];
    for (const state of event.state ?? [])
      if (life && !ends.includes(state))
        add('unknown-state', [...path, 'state'], `no job of "${event.job}" ends as "${state}"`, suggest(state, ends));
  }
}
