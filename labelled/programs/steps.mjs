/**
 * Does what it is told, step by step; nothing is retried of itself. Its argument is a list of steps:
 *
 * `{ get: path, headers?, as?: 'Name: value', for?: ms }`, `{ post: path, body, … }` and `{ put: path, body, … }`: a request, given up after `for` · `{ until: step, wait, tries }`: again until it is neither
 * refused nor failed · `{ sleep: ms }` · `{ advance: ms }`: of the server's clock · `{ align: ms }`: until just after the next multiple of it on
 * the clock · `{ reset: ms }`: until that long after the newest reset that was told, or, with
 * `spread`, up to as much more at random · `{ control: [method, path, body] }` · `{ together: [[step…]…] }` · `{ times: n, steps: [step…] }`,
 * in which `{n}` is the turn, `{id}` what the last creation made and `{first}` the first, `{now}` the time, `{tag}` the last entity tag.
 * @module
 */
import { ask, control, isFailed, isRefused, options, randomFrom, range, ready, sleep } from './client.mjs';
import { waiting } from './waits.mjs';

const known = { n: 0, id: '', first: '', tag: '', reset: 0 };
const random = randomFrom(9);

function filled(value) {
  const text = JSON.stringify(value).replaceAll(/\{(n|id|first|tag|now)\}/g, (_all, name) => {
    const found = name === 'now' ? Date.now() : known[name];
    return JSON.stringify(String(found)).slice(1, -1);
  });
  return JSON.parse(text);
}

async function request(step) {
  const { get, post, put, body, headers = {}, as, for: limit } = filled(step);
  const credential = as === undefined ? {} : { [as.slice(0, as.indexOf(':'))]: as.slice(as.indexOf(':') + 1).trim() };
  const answer = await ask(get ?? post ?? put, {
    method: get !== undefined ? 'GET' : post !== undefined ? 'POST' : 'PUT',
    headers: { ...headers, ...credential },
    ...(get === undefined && { body: body ?? {} }),
    ...(limit !== undefined && { signal: AbortSignal.timeout(limit) }),
  });
  if (process.env['CLIENT_TRACE'])
    console.log(JSON.stringify({ get, post, put, status: answer.status, text: answer.text.slice(0, 150) }));
  known.reset = Number(answer.headers.get('x-ratelimit-reset') ?? 0) * 1_000 || known.reset;
  known.tag = answer.headers.get('etag') ?? known.tag;
  if (post !== undefined && answer.status < 300) known.id = idOf(answer.text) ?? known.id;
  known.first ||= known.id;
  return answer;
}

function idOf(text) {
  return /"(?:job_id|id|leadId)"\s*:\s*"([^"]+)"/.exec(text)?.[1];
}

async function carryOut(step) {
  if (step.sleep !== undefined) await sleep(step.sleep);
  else if (step.advance !== undefined) await control('POST', '/clock/advance', { ms: step.advance });
  else if (step.align !== undefined) await sleep(step.align - (Date.now() % step.align) + 30);
  else if (step.reset !== undefined)
    await sleep(Math.max(0, known.reset - Date.now() + step.reset + random() * (step.spread ?? 0)));
  else if (step.control) await control(...filled(step.control));
  else if (step.together) await Promise.all(step.together.map(all));
  else if (step.times !== undefined) {
    for (const n of range(step.times)) {
      known.n = n;
      await all(step.steps);
    }
  } else if (step.until) {
    const wait = waiting(step.wait ?? 'told-and-jitter or exponential-and-jitter 100');
    for (const attempt of range(step.tries ?? 6)) {
      const answer = await request(step.until);
      if (!isRefused(answer) && !isFailed(answer)) break;
      await sleep(wait(answer, attempt));
    }
  } else await request(step);
}

async function all(steps) {
  for (const step of steps) await carryOut(step);
}

await ready();
await all(options);
process.exit(0);
