/**
 * The units left in a bucket, as a line of steps under the lanes.
 *
 * uPlot draws it: it is made for time series, has stepped lines, and takes a tenth of the size and of the time per frame of general chart libraries. It has no lanes,
 * so the timeline above is drawn by the page itself.
 * @module
 */
import uPlot from 'uplot';
import type { Steps } from '../model/steps.js';
import { ticksOf, type View } from '../model/view.js';
import type { Colours } from './draw.js';

/** A chart below the lanes, with the same time axis. */
export class LeftChart {
  readonly #plot: uPlot;
  #view: View = { from: 0, to: 1 };
  #limit = 1;
  #steps: Steps | undefined;

  /** @param gutter width of the labels at the left, in pixels: that of the lanes' names */
  constructor(element: HTMLElement, colours: Colours, size: { width: number; height: number }, gutter: number) {
    const grid = { stroke: colours.line, width: 1 };
    this.#plot = new uPlot(
      {
        ...size,
        ms: 1,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 0, 4, 0],
        scales: {
          x: { time: false, range: () => [this.#view.from, this.#view.to] },
          y: { range: () => [0, this.#limit * 1.05] },
        },
        axes: [
          {
            size: 0,
            grid,
            ticks: { show: false },
            splits: () => [...ticksOf(this.#view, (size.width - gutter) / 96).at],
            values: () => [],
          },
          {
            size: gutter,
            stroke: colours.muted,
            grid,
            ticks: { show: false },
            font: '11px system-ui, sans-serif',
            space: 26,
          },
        ],
        series: [
          {},
          {
            stroke: colours.admitted,
            width: 1.5,
            fill: `color-mix(in srgb, ${colours.admitted} 12%, transparent)`,
            points: { show: false },
            paths: uPlot.paths.stepped!({ align: 1 }),
          },
        ],
      },
      [[], []],
      element,
    );
  }

  /** Draws the steps in the section. */
  update(steps: Steps, view: View): void {
    this.#view = view;
    this.#limit = Math.max(1, steps.limit, ...(steps.left.length < 1_000 ? steps.left : []));
    if (steps !== this.#steps) {
      this.#steps = steps;
      this.#plot.setData([steps.at as number[], steps.left as number[]], true);
    } else this.#plot.setScale('x', { min: view.from, max: view.to });
  }

  /** Takes another width, in pixels. */
  resize(width: number, height: number): void {
    if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
  }

  /** Removes the chart. */
  destroy(): void {
    this.#plot.destroy();
  }
}
