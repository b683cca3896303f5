import fc from 'fast-check';
import { digest, History, histories, type Step } from './history.js';

process.on('unhandledRejection', (e) => {
  console.log('UNHANDLED', e);
});
const kind = process.argv[2] ?? 'moves';
const troubles = {
  plain: { moves: false, failures: false },
  moves: { moves: true, failures: false },
  all: { moves: true, failures: true },
}[kind]!;
const seed = Number(process.argv[3] ?? 1),
  n = Number(process.argv[4] ?? 60);
async function once(steps: Step[]): Promise<string | undefined> {
  const history = new History();
  let at: unknown = 'start';
  const work = (async () => {
    await history.start(3);
    for (const step of steps) {
      at = step;
      await history.play(step);
    }
    at = 'settle';
    await history.settle();
    const [first, ...others] = history.members.all.map(digest);
    for (const [i, other] of others.entries())
      for (const part of new Set([...Object.keys(first!), ...Object.keys(other)]))
        if (other[part] !== first![part]) {
          let d = 0;
          const a = String(first![part]),
            b = String(other[part]);
          while (a[d] === b[d]) d++;
          return `member ${i + 1} ${part}:\n  A ${a.slice(Math.max(0, d - 200), d + 150)}\n  B ${b.slice(Math.max(0, d - 200), d + 150)}`;
        }
    const failed = history.warnings.filter((line) => /failed/.test(line));
    if (failed.length) return failed[0];
    at = 'close';
    await history.close();
    return undefined;
  })();
  let t: any;
  const result = await Promise.race([
    work,
    new Promise<string>((r) => {
      t = setTimeout(() => r(`HANG at ${JSON.stringify(at)}`), 4000);
    }),
  ]).catch((e) => `ERR ${e.stack}`);
  clearTimeout(t);
  return result;
}
const all = fc.sample(histories(troubles), { numRuns: n, seed });
const t0 = Date.now();
for (const [i, steps] of all.entries()) {
  const problem = await once(steps);
  if (!problem) continue;
  console.log('run', i, 'of', n, Date.now() - t0, 'ms:', problem.split('\n')[0]);
  let small = steps,
    why = problem;
  const same = (p: string) =>
    p
      .split(':')[0]
      .replace(/member \d/, '')
      .slice(0, 6) ===
    problem
      .split(':')[0]
      .replace(/member \d/, '')
      .slice(0, 6);
  const end = Date.now() + 25000;
  for (
    let size = Math.ceil(small.length / 2);
    size >= 1 && Date.now() < end;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let k = 0; k < small.length && Date.now() < end; ) {
      const less = [...small.slice(0, k), ...small.slice(k + size)];
      const p = await once(less);
      if (p && same(p)) {
        small = less;
        why = p;
      } else k += size;
    }
  console.log(JSON.stringify(small));
  console.log(why);
  process.exit(1);
}
console.log('ok', n, Date.now() - t0, 'ms');
process.exit(0);
