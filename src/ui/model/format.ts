/**
 * Numbers and times as the page writes them.
 * @module
 */

/** U+2212, as wide as a digit's sign should be. */
const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `12,345.67` */
export function number(value: number): string {
  return NUMBER.format(value);
}

/** A duration in at most two units: `1 d 4 h`, `3 min 20 s`, `4.2 s`, `120 ms`. Negative durations count as 0. */
export function duration(ms: number): string {
  if (ms < 1) return '0 s';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const s = Math.floor(ms / 1_000);
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min${s % 60 === 0 ? '' : ` ${s % 60} s`}`;
  if (s < 86_400) return `${Math.floor(s / 3_600)} h${s % 3_600 < 60 ? '' : ` ${Math.floor((s % 3_600) / 60)} min`}`;
  return `${Math.floor(s / 86_400)} d${s % 86_400 < 3_600 ? '' : ` ${Math.floor((s % 86_400) / 3_600)} h`}`;
}

/** The time of day in UTC: `08:15:00.250`. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

/** An instant in UTC, to the second: `2026-05-12 08:15:00`. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Bytes: `1.2 MB`. */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  return value < 1_000_000
    ? `${number(Math.round(value / 100) / 10)} kB`
    : `${number(Math.round(value / 100_000) / 10)} MB`;
}

/** A partition or caller: `token ad_live_…aaaa, workspace acme`; `everyone` where it is empty. */
export function facts(of: Readonly<Record<string, string>>): string {
  const entries = Object.entries(of);
  return entries.length === 0 ? 'everyone' : entries.map(([name, value]) => `${name} ${value}`).join(', ');
}
