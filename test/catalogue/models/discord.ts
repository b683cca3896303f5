/**
 * discord, from its pages: windows for a bot, for its routes in channels and guilds, for a guild over all bots, and invalid requests of an address.
 * @module
 */
import fc from 'fast-check';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Admitted, Expected, Model, ModelSpec } from '../../properties/model.js';

interface Call {
  readonly as: 'a' | 'b' | 'nobody' | 'bad';
  readonly to:
    | 'send'
    | 'edit'
    | 'read'
    | 'react'
    | 'rename'
    | 'retopic'
    | 'nsfw'
    | 'emoji'
    | 'webhook'
    | 'interaction'
    | 'gateway';
  readonly place: '1' | '2';
  readonly ip: string;
  readonly force: number | undefined;
}

type Route = { readonly bucket: string; readonly quota: number; readonly length: number; readonly key: string };

/** The calls that are tried, and the model that answers them. */
export const spec: ModelSpec<Call> = {
  id: 'discord',
  variants: [[], ['bucket-hidden']],
  stretches: [1_000, 5_000, 2_000, 250, 15_000, 65_000, 600_000, 3_600_000],
  call: fc.record({
    as: fc.constantFrom<Call['as'][]>('a', 'a', 'a', 'b', 'b', 'nobody', 'bad'),
    to: fc.constantFrom<Call['to'][]>(
      'send',
      'edit',
      'read',
      'react',
      'rename',
      'retopic',
      'nsfw',
      'emoji',
      'webhook',
      'interaction',
      'gateway',
    ),
    place: fc.constantFrom<Call['place'][]>('1', '2'),
    ip: fc.constantFrom('10.0.0.1', '10.0.0.2'),
    force: fc.option(fc.constantFrom(403, 404, 500), { nil: undefined, freq: 5 }),
  }),
  request({ as, to, place, ip, force }) {
    const headers: Record<string, string> =
      as === 'nobody' ? {} : { authorization: `Bot ${as === 'bad' ? 'no' : as}${as === 'bad' ? '' : '.bot.token'}` };
    const channel = `/api/v10/channels/${place}`;
    const [method, path, body]: [string, string, unknown?] = {
      send: ['POST', `${channel}/messages`, { content: 'x' }] as [string, string, unknown],
      edit: ['PATCH', `${channel}/messages/7`, { content: 'x' }] as [string, string, unknown],
      read: ['GET', `${channel}/messages`] as [string, string],
      react: ['PUT', `${channel}/messages/7/reactions/x/@me`] as [string, string],
      rename: ['PATCH', channel, { name: 'x' }] as [string, string, unknown],
      retopic: ['PATCH', channel, { topic: 'x', nsfw: true }] as [string, string, unknown],
      nsfw: ['PATCH', channel, { nsfw: true }] as [string, string, unknown],
      emoji: ['POST', `/api/v10/guilds/${place}/emojis`, { name: 'x', image: 'y' }] as [string, string, unknown],
      webhook: ['POST', `/api/v10/webhooks/${place}/t`, { content: 'x' }] as [string, string, unknown],
      interaction: ['POST', `/api/v10/interactions/${place}/t/callback`, { type: 4 }] as [string, string, unknown],
      gateway: ['GET', '/api/v10/gateway'] as [string, string],
    }[to];
    return { method, path, headers, body, ip, force };
  },
  create: (variants, sandbox) => new Discord(variants.includes('bucket-hidden'), sandbox),
};

const STATUS: Record<Call['to'], number> = {
  send: 200,
  edit: 200,
  read: 200,
  react: 204,
  rename: 200,
  retopic: 200,
  nsfw: 200,
  emoji: 201,
  webhook: 204,
  interaction: 204,
  gateway: 200,
};
const OPEN: ReadonlySet<Call['to']> = new Set(['webhook', 'interaction', 'gateway']);
const ROUTES: Partial<Record<Call['to'], [bucket: string, quota: number, length: number]>> = {
  send: ['messages', 5, 5_000],
  edit: ['messages', 5, 5_000],
  read: ['message-list', 5, 5_000],
  react: ['reactions', 1, 250],
  rename: ['channel', 5, 15_000],
  retopic: ['channel', 5, 15_000],
  nsfw: ['channel', 5, 15_000],
  emoji: ['emojis', 10, 65_000],
  webhook: ['webhook', 5, 2_000],
};
const INVALID = 600_000;
const RENAMES = 600_000;
const HOUR = 3_600_000;

class Discord implements Model<Call> {
  #windows = new Map<string, { start: number; used: number }>();
  /** What an operator set for the one account. */
  readonly #quotas = { 'invalid-requests': 10_000, global: 9, 'guild-emojis': 4 };

  constructor(
    readonly nameless: boolean,
    sandbox: Sandbox,
  ) {
    for (const account of ['main', 'anonymous'])
      sandbox.setAccount('discord', account, { quotas: { global: 9, 'guild-emojis': 4 } });
  }

  arrive(call: Call, now: number): Expected | Admitted {
    const { as, to, place, ip, force } = call;
    const invalid = `invalid ${ip}`;
    const banned = this.#wait(invalid, INVALID, this.#quotas['invalid-requests'], now);
    if (banned > now) return { status: 429, headers: { ...NONE, 'Retry-After': seconds(banned - now) } };
    if (as === 'bad' || (as === 'nobody' && !OPEN.has(to))) {
      this.#take(invalid, INVALID, now);
      return { status: 401, headers: NONE, body: { message: '401: Unauthorized', code: 0 } };
    }
    const client = as === 'nobody' ? ip : as;
    const usual = ROUTES[to];
    const route: Route | undefined = usual && {
      bucket: usual[0],
      quota: usual[1],
      length: usual[2],
      key: to === 'webhook' ? `webhook ${place}` : `${usual[0]} ${client} ${place}`,
    };
    const limits: [key: string, length: number, quota: number, error: 'global' | 'user' | 'shared'][] = [];
    if (to !== 'interaction') limits.push([`global ${client}`, 1_000, this.#quotas.global, 'global']);
    if (route) limits.push([route.key, route.length, route.quota, 'user']);
    if (to === 'rename' || to === 'retopic') limits.push([`name ${client} ${place}`, RENAMES, 2, 'user']);
    if (to === 'emoji') limits.push([`guild ${place}`, HOUR, this.#quotas['guild-emojis'], 'shared']);
    const first = limits.find(([key, length, quota]) => this.#wait(key, length, quota, now) > now);
    if (first) {
      const error = first[3];
      if (error !== 'shared') this.#take(invalid, INVALID, now);
      // A full global limit hides the others.
      const asked = error === 'global' ? [first] : limits;
      let at = now;
      for (let next = this.#last(asked, at); next > at; next = this.#last(asked, at)) at = next;
      return {
        status: 429,
        headers: {
          ...(error === 'global' || !route ? NONE : this.#headers(route, now)),
          'Retry-After': seconds(at - now),
          'X-RateLimit-Scope': error,
          'X-RateLimit-Global': error === 'global' ? 'true' : null,
        },
        body: {
          message: error === 'shared' ? 'The resource is being rate limited.' : 'You are being rate limited.',
          retry_after: (at - now) / 1_000,
          global: error === 'global',
        },
      };
    }
    for (const [key, length] of limits) this.#take(key, length, now);
    return {
      finish: (at) => {
        const status = force ?? STATUS[to];
        // In the window of its arrival, which may be over by now.
        if (status === 403) this.#take(invalid, INVALID, now);
        return { status, headers: route ? this.#headers(route, at) : NONE };
      },
      left() {},
    };
  }

  #last(limits: readonly [string, number, number, string][], at: number): number {
    return Math.max(...limits.map(([key, length, quota]) => this.#wait(key, length, quota, at)));
  }

  #headers({ bucket, key, quota, length }: Route, now: number): Record<string, string | null> {
    const window = this.#open(key, length, now);
    const end = (window?.start ?? now) + length;
    return {
      ...NONE,
      'X-RateLimit-Limit': String(quota),
      'X-RateLimit-Remaining': String(Math.max(0, quota - (window?.used ?? 0))),
      'X-RateLimit-Reset': (end / 1_000).toFixed(3),
      'X-RateLimit-Reset-After': decimal(end - now),
      'X-RateLimit-Bucket': this.nameless ? null : bucket,
    };
  }

  #open(key: string, length: number, now: number) {
    const window = this.#windows.get(key);
    return window && now >= window.start && now < window.start + length ? window : undefined;
  }

  #wait(key: string, length: number, quota: number, now: number): number {
    const window = this.#open(key, length, now);
    return window && window.used >= quota ? window.start + length : now;
  }

  #take(key: string, length: number, now: number): void {
    const window = this.#open(key, length, now);
    if (window) window.used += 1;
    else this.#windows.set(key, { start: now, used: 1 });
  }

  reset(): void {
    this.#windows.clear();
  }

  control(sandbox: Sandbox, what: number, amount: number): void {
    const name = what < 7 ? 'global' : 'guild-emojis';
    this.#quotas[name] = amount + 1;
    for (const account of ['main', 'anonymous'])
      sandbox.setAccount('discord', account, { quotas: { [name]: amount + 1 } });
  }
}

const NONE = {
  'X-RateLimit-Limit': null,
  'X-RateLimit-Remaining': null,
  'X-RateLimit-Reset': null,
  'X-RateLimit-Reset-After': null,
  'X-RateLimit-Bucket': null,
  'X-RateLimit-Scope': null,
  'X-RateLimit-Global': null,
  'Retry-After': null,
};
const seconds = (ms: number) => String(Math.max(1, Math.ceil(ms / 1_000)));
/** Seconds with one to three decimals. */
const decimal = (ms: number) => (ms / 1_000).toFixed(3).replace(/0{1,2}$/, '');
