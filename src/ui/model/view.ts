/**
 * The section of time that the timeline shows.
 * @module
 */

/** A section of time, epoch ms by the sandbox's clock. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Shortest and longest section, in milliseconds. */
export const SPAN_MS = { least: 100, most: 40 * 86_400_000 } as const;

/** The share of a section that lies after now, so that the newest mark and the waits that it told have room. */
const AHEAD = 0.25;

/** The section that follows the clock. @param span its length in milliseconds */
export function following(now: number, span: number): View {
  return { from: now - span * (1 - AHEAD), to: now + span * AHEAD };
}

/** Zooms about an instant. @param factor above 1: a longer section */
export function zoomed({ from, to }: View, factor: number, about: number): View {
  const span = Math.min(SPAN_MS.most, Math.max(SPAN_MS.least, (to - from) * factor));
  const share = to === from ? 0.5 : (about - from) / (to - from);
  return { from: about - span * share, to: about + span * (1 - share) };
}

/** Moves a section by a share of its length. */
export function moved({ from, to }: View, share: number): View {
  const by = (to - from) * share;
  return { from: from + by, to: to + by };
}

/** The section that shows all the instants, with a margin; `undefined` for none. */
export function fitting(instants: readonly number[]): View | undefined {
  if (instants.length === 0) return undefined;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const at of instants) {
    from = Math.min(from, at);
    to = Math.max(to, at);
  }
  const margin = Math.max(2_000, (to - from) * 0.08);
  return { from: from - margin, to: to + margin };
}

/** Round steps between two ticks of the time axis, in milliseconds. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
] as const;

/** The instants of the axis' ticks, and the step between them. @param room how many labels have room */
export function ticksOf({ from, to }: View, room: number): { readonly step: number; readonly at: readonly number[] } {
  const least = (to - from) / Math.max(1, room);
  const step = STEPS.find((one) => one >= least) ?? STEPS.at(-1)!;
  const at: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) at.push(tick);
  return { step, at };
}

/** The label of a tick, as exact as the step. UTC. */
export function tickLabel(at: number, step: number): string {
  const iso = new Date(at).toISOString();
  if (step >= 86_400_000) return iso.slice(5, 10);
  if (step >= 60_000) return at % 86_400_000 === 0 ? iso.slice(5, 10) : iso.slice(11, 16);
  return step >= 1_000 ? iso.slice(11, 19) : iso.slice(17, 23);
}
