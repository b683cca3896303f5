/**
 * Reads transcripts: plain text, one scenario a file. Strict: a line that is not understood is an error, since it would otherwise prove nothing in silence.
 * @module
 */
import { checkInstant, parseAction } from './parse-action.js';
import { parseBody, parseExpectation, parseHeader, parseRequest } from './parse-exchange.js';
import {
  type Expectation,
  type Fail,
  type Scenario,
  type Sent,
  type Setup,
  type Step,
  TranscriptError,
} from './scenario.js';

/** @throws TranscriptError */
export function parseTranscript(file: string, text: string): Scenario {
  const reader = new Reader(file);
  const lines = text.split(/\r?\n/);
  for (const [i, line] of lines.entries()) reader.read(line.trimEnd(), i + 1);
  return reader.end(lines.length);
}

const SINGLE = ['profile', 'variant', 'plan', 'compress', 'clock'] as const;

class Reader {
  readonly #file: string;
  #line = 0;
  #title: string | undefined;
  readonly #claims: string[] = [];
  readonly #set: string[] = [];
  readonly #head = new Map<string, string>();
  readonly #steps: Step[] = [];
  /** What the next lines belong to; a blank line ends it. */
  #sending: Sent | undefined;
  #expecting: { line: number; what: string; list: Expectation[] } | undefined;
  readonly #names = new Set<string>();
  readonly #kept = new Set<string>();

  constructor(file: string) {
    this.#file = file;
  }

  readonly #fail: Fail = (problem) => {
    throw new TranscriptError(this.#file, this.#line, problem);
  };

  read(line: string, number: number): void {
    this.#line = number;
    if (number === 1 && !/^# \S/.test(line)) this.#fail('the first line says what is shown: # One line …');
    if (line === '') this.#close();
    else if (line.startsWith('#')) this.#comment(line.slice(1).trim());
    else if (line.startsWith('> ')) this.#send(line.slice(2).trim());
    else if (line.startsWith('< ')) this.#expect(line.slice(2).trim());
    else if (/^[a-z]+:(\s|$)/.test(line)) this.#setting(line);
    else this.#act(line);
  }

  end(line: number): Scenario {
    this.#close();
    this.#line = line;
    const setup = this.#setup();
    if (this.#steps.length === 0) this.#fail('shows nothing: there is no request');
    return { file: this.#file, title: this.#title!, claims: this.#claims, setup, steps: this.#steps };
  }

  #comment(text: string): void {
    const claims = /^claims:(.*)$/.exec(text);
    if (claims) {
      if (this.#steps.length > 0) this.#fail('claims stand at the top, before the first step');
      const ids = claims[1]!.split(',').map((id) => id.trim());
      const bad = ids.find((id) => !/^[a-z][a-z0-9-]*$/.test(id));
      if (bad !== undefined) this.#fail(`"${bad}" is not the id of a claim; write # claims: quota, window-start`);
      this.#claims.push(...ids);
    } else this.#title ??= text;
  }

  #setting(line: string): void {
    const [, key, value] = /^([a-z]+):\s*(.*)$/.exec(line)!;
    if (this.#steps.length > 0) this.#fail(`${key}: belongs to the top, before the first step`);
    if (value === '') this.#fail(`${key}: says nothing`);
    if (key === 'set') {
      if (!/^\S+=/.test(value!)) this.#fail('write set: path=value, such as set: policies.key-minute.quota=5');
      this.#set.push(value!);
      return;
    }
    if (!SINGLE.some((known) => known === key)) {
      this.#fail(`there is no setting "${key}"; known: ${[...SINGLE, 'set'].join(', ')}`);
    }
    if (this.#head.has(key!)) this.#fail(`${key}: is said twice`);
    if (key !== 'clock' && /\s/.test(value!.replace(/,\s+/g, ','))) this.#fail(`${key}: is one word to a line`);
    if (key === 'clock') checkInstant(value!, this.#fail);
    if (key === 'compress' && !(Number(value) > 0)) this.#fail(`compress: "${value}" is not a number above 0`);
    this.#head.set(key!, value!);
  }

  #setup(): Setup {
    const [profile, clock] = [this.#head.get('profile'), this.#head.get('clock')];
    if (profile === undefined) return this.#fail('says no profile; write profile: <id> at the top');
    if (clock === undefined) return this.#fail('says no clock; write clock: 2026-05-12T08:00:00.000Z at the top');
    const compress = this.#head.get('compress');
    return {
      profile,
      clock,
      variant: (this.#head.get('variant') ?? '').split(',').flatMap((name) => name.trim() || []),
      plan: this.#head.get('plan'),
      set: this.#set,
      compress: compress === undefined ? undefined : Number(compress),
    };
  }

  #send(text: string): void {
    if (/^[A-Z]+ \//.test(text)) this.#request(text);
    else this.#requestPart(text);
  }

  #request(text: string): void {
    this.#close();
    this.#setup();
    const sent = parseRequest(text, this.#fail);
    this.#claimNames(sent);
    this.#steps.push({ line: this.#line, kind: 'request', request: sent });
    this.#sending = sent;
    const what = `${sent.method} ${sent.target}`;
    if (sent.name === undefined) this.#expecting = { line: this.#line, what, list: sent.expect };
  }

  #requestPart(text: string): void {
    const fail: Fail = this.#fail;
    const sent = this.#sending;
    if (!sent) fail('no request stands above; write > GET /path first, without a blank line between');
    if (sent.expect.length > 0) fail('stands below expectations; write the whole request first');
    const body = parseBody(text);
    if (body === undefined) sent.headers.push(parseHeader(text, fail));
    else if (sent.body !== undefined) fail('the request has a body already; write it on one line');
    else if (sent.method === 'GET' || sent.method === 'HEAD') fail(`${sent.method} has no body`);
    else {
      if (typeof body === 'object') this.#checkKept(body.kept);
      sent.body = body;
    }
  }

  #claimNames({ name, times }: Sent): void {
    if (name === undefined) return;
    for (const one of times === 1 ? [name] : Array.from({ length: times }, (_, i) => `${name}${i + 1}`)) {
      if (this.#names.has(one)) this.#fail(`a request has been sent as ${one} already`);
      this.#names.add(one);
    }
  }

  #expect(text: string): void {
    const fail: Fail = this.#fail;
    const expecting = this.#expecting;
    if (!expecting) {
      const why = this.#sending ? 'a request sent `as` has its answer below `await`' : 'no request stands above';
      fail(`expects nothing that can come: ${why}`);
    }
    const next = parseExpectation(text, fail);
    if (isStatus(next) && expecting.list.some(isStatus)) fail('the answer has one status only');
    if (next.kind === 'kept') this.#checkKept(next.name);
    if (next.kind === 'keep') this.#kept.add(next.name);
    expecting.list.push({ line: this.#line, ...next } as Expectation);
  }

  #checkKept(name: string): void {
    if (!this.#kept.has(name)) this.#fail(`no answer above is kept as ${name}; write < keep ${name} below one`);
  }

  #act(line: string): void {
    this.#close();
    this.#setup();
    const action = parseAction(line, this.#fail);
    if ('name' in action && !this.#names.has(action.name)) {
      const known = this.#names.size === 0 ? 'none was sent `as` anything' : `sent: ${[...this.#names].join(', ')}`;
      this.#fail(`no request was sent as ${action.name}; ${known}`);
    }
    this.#steps.push({ line: this.#line, ...action });
    if (action.kind === 'await') this.#expecting = { line: this.#line, what: line, list: action.expect };
  }

  /** Ends what the lines above were about. */
  #close(): void {
    if (this.#expecting && !this.#expecting.list.some(isStatus)) {
      const { line, what } = this.#expecting;
      throw new TranscriptError(this.#file, line, `${what}: expects no status; write < 200 below`);
    }
    this.#sending = undefined;
    this.#expecting = undefined;
  }
}

function isStatus({ kind }: { kind: Expectation['kind'] }): boolean {
  return kind === 'status' || kind === 'closed';
}
