/**
 * Snapshots that have been changed, put back.
 * @module
 */
import { ending, type Generator, request } from '../input.js';
import { damage, Literal, NAMES, oddText, oddValue, write } from '../json.js';
import type { Random } from '../random.js';

/** @param text a snapshot of the server, as it was soon after its start */
export function snapshotInputs(text: string): Generator {
  return (random) => {
    const put = request({
      method: 'PUT',
      target: `${random.pick(['', '/~t1', '/~snap'])}/__mock429/snapshot`,
      body: changed(random, text),
      close: true,
    });
    return { pieces: [put], ending: ending(random) };
  };
}

function changed(random: Random, text: string): Buffer {
  if (random.chance(0.15)) return damage(random, text);
  const snapshot = JSON.parse(text) as unknown;
  let json = text;
  for (let i = random.between(0, 2); i > 0; i--) {
    change(random, snapshot);
    json = JSON.stringify(snapshot).replaceAll(
      /"⟨(.*?)⟩"/gs,
      (_, literal: string) => JSON.parse(`"${literal}"`) as string,
    );
  }
  return Buffer.from(json);
}

/** Goes down to some value and puts another in its place, takes it away, or doubles it. */
function change(random: Random, root: unknown): void {
  let at = root as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const value = at[key];
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0 && random.chance(0.8)) {
      at = value as Record<string, unknown>;
      continue;
    }
    switch (random.below(6)) {
      case 0:
        delete at[key];
        return;
      case 1:
        Object.defineProperty(at, random.chance(0.5) ? random.pick(NAMES) : oddText(random), {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
        return;
      case 2:
        if (Array.isArray(at)) at.push(value, value);
        else at[random.word(4)] = value;
        return;
      default:
        at[key] = literal(write(random.chance(0.5) ? new Literal(String(random.between(-2, 5))) : oddValue(random)));
        return;
    }
  }
}

/** Text that is to stand in JSON as it is, whatever it says. */
function literal(text: string): string {
  return `⟨${text}⟩`;
}
