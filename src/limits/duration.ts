/**
 * Durations as people write them: `250ms`, `60s`, `5m`, `1h`, `2d`, `1w`, or ISO 8601 (`PT1H`, `P1DT12H`). Result: whole milliseconds.
 * @module
 */

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of `text`, or `undefined` when it is no duration (or a negative one). */
export function parseDuration(text: string): number | undefined {
  const plain = /^(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h|d|w)$/.exec(text.trim());
  if (plain) return Math.round(Number(plain[1]) * UNIT_MS[plain[2]!]!);
  const iso = ISO.exec(text.trim());
  if (!iso || text.trim().length < 3 || text.trim().endsWith('T')) return undefined;
  const [, weeks, days, hours, minutes, seconds] = iso.map((part) => Number(part ?? 0));
  return Math.round(
    weeks! * UNIT_MS['w']! +
      days! * UNIT_MS['d']! +
      hours! * UNIT_MS['h']! +
      minutes! * UNIT_MS['m']! +
      seconds! * 1_000,
  );
}

/** A duration for people: `1 h`, `2 min 30 s`, `250 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  if (rest > 0) parts.push(`${rest / 1_000} s`);
  return parts.join(' ');
}
