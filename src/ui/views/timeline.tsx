/**
 * The timeline: each request a mark in the lane of its caller or connection, told waits as bars, and the units left in a bucket below.
 * @module
 */
import { memo, useLayoutEffect, useMemo, useRef, useState } from 'hono/jsx/dom';
import type { Store } from '../data/store.js';
import { bucketHashes, bucketText } from '../model/buckets.js';
import { number } from '../model/format.js';
import { KINDS, type Kind, type Layout, layOut, type Mark, markAt, shifted } from '../model/marks.js';
import { type SeenBucket, type Steps, seenBuckets, stepsOf } from '../model/steps.js';
import { fitting, following, moved, SPAN_MS, type View, zoomed } from '../model/view.js';
import { useSize } from '../parts/hooks.js';
import { KIND_WORDS, KindMark } from '../parts/kind-mark.js';
import { LaneName } from '../parts/lane-name.js';
import { isDark } from '../parts/theme.js';
import { AXIS_PX, draw, LANE_PX, readColours, rowOf } from './draw.js';
import { LeftChart } from './left-chart.js';
import { MarkCard, markText } from './mark-card.js';

/** Lanes that are drawn at most. */
const MAX_LANES = 12;
const CHART_PX = 150;
/** Width of the names of the lanes. */
const GUTTER_PX = { usual: 164, narrow: 96 } as const;
/** Buckets of which the units left can be chosen, and how often the list is made anew under heavy traffic, in milliseconds. */
const MAX_CHOICES = 200;
const CHOICES_MS = 2_000;
/** Least milliseconds between two frames: 30 a second are smooth, and leave the machine to the server. Under heavy traffic the server needs more of it. */
const FRAME_MS = { usual: 33, busy: 125 } as const;
/** Factor of one zoom step. */
const ZOOM = 1.5;

/** What the handlers and the drawing share between two renders. */
interface Scene {
  layout: Layout;
  view: View;
  width: number;
}

/** The section that the state shows. */
export function viewOf(store: Store): View {
  const { view, span, clock } = store.state;
  // The length is one of real time, so that a clock that runs fast does not carry a request out of sight at once.
  const rate = Math.max(1, clock?.reading.rate ?? 1);
  return view ?? following(store.now(), Math.min(SPAN_MS.most, span * rate));
}

/** Zooms the section in (below 1) or out, about now or its middle. */
export function zoom(store: Store, factor: number, about?: number): void {
  const { state } = store;
  if (state.view === undefined) store.set({ span: Math.max(500, Math.min(40 * 86_400_000, state.span * factor)) });
  else store.set({ view: zoomed(state.view, factor, about ?? (state.view.from + state.view.to) / 2) });
}

/** Shows all requests that the page has. */
export function fitAll(store: Store): void {
  const instants = [...store.state.entries.values()].flatMap(({ at, comeBackAt }) => [at, ...comeBackAt.slice(-1)]);
  const view = fitting(instants);
  if (view) store.set({ view });
}

/** The timeline with its controls. */
export function Timeline({ store }: { readonly store: Store }) {
  const { state } = store;
  const { ref, width: outer } = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const chartElement = useRef<HTMLDivElement>(null);
  const chart = useRef<LeftChart>(null);
  const scene = useRef<Scene>({
    layout: { lanes: [], hiddenLanes: 0, marks: [], waits: [] },
    view: { from: 0, to: 1 },
    width: 0,
  });
  const [selected, setSelected] = useState<Mark | undefined>(undefined);
  const [pointer, setPointer] = useState<{ x: number; y: number } | undefined>(undefined);
  const gutter = outer < 560 ? GUTTER_PX.narrow : GUTTER_PX.usual;
  const width = Math.max(0, outer - gutter);
  const theme = isDark();
  const colours = useMemo(readColours, [theme]);
  const entries = [...state.entries.values()];
  // Under heavy traffic the newest entry is another one in each render, and the order of the buckets matters little.
  const newest = store.isBusy ? Math.floor(performance.now() / CHOICES_MS) : entries.at(-1)?.id;
  const buckets = useMemo(() => seenBuckets(entries), [newest, state.entries.size === 0]);
  const bucket = buckets.find(({ id }) => id === state.bucket) ?? buckets[0];
  const view = viewOf(store);
  const layout = layOut(entries, state.laneBy, { ...view, width: Math.max(1, width) }, MAX_LANES, state.kinds);
  const lanes = Math.max(3, layout.lanes.length);
  const height = AXIS_PX + lanes * LANE_PX;
  const steps: Steps = bucket === undefined ? { at: [], left: [], limit: 0 } : stepsOf(entries, bucket.id, store.now());

  scene.current = { layout, view, width };
  const paint = (isFrame: boolean) => {
    if (canvas.current === null || width === 0) return;
    // Between two renders only the section moves.
    if (isFrame) {
      const current = viewOf(store);
      const pixels = ((view.from - current.from) / (view.to - view.from)) * width;
      scene.current = { layout: shifted(layout, pixels), view: current, width };
    }
    const { layout: laidOut, view: current } = scene.current;
    draw(canvas.current, {
      layout: laidOut,
      view: current,
      width,
      height,
      now: store.now(),
      colours,
      selected,
      highlighted: state.highlighted,
    });
    chart.current?.update(steps, current);
  };

  useLayoutEffect(() => {
    if (outer === 0 || chartElement.current === null) return undefined;
    const made = new LeftChart(chartElement.current, colours, { width: outer, height: CHART_PX }, gutter);
    chart.current = made;
    paint(false);
    return () => {
      chart.current = null;
      made.destroy();
    };
  }, [outer, theme]);
  useLayoutEffect(() => paint(false));
  useLayoutEffect(() => animate(store, width, () => paint(true)));

  const place = (event: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const under = (event: MouseEvent): Mark | undefined => {
    const { x, y } = place(event);
    const lane = Math.floor((y - AXIS_PX) / LANE_PX);
    const inLane = y - AXIS_PX - lane * LANE_PX;
    const { marks } = scene.current.layout;
    const row = marks.filter(({ kind }) => Math.abs(rowOf(kind) - inLane) <= 8);
    return markAt(row, lane, x);
  };
  const onMove = (event: MouseEvent) => {
    const mark = under(event);
    setPointer(mark === undefined ? undefined : place(event));
    setSelected(mark);
  };
  const onWheel = (event: WheelEvent) => {
    if (event.deltaY === 0) return;
    event.preventDefault();
    const { view: now } = scene.current;
    const about = now.from + (place(event).x / scene.current.width) * (now.to - now.from);
    zoom(store, event.deltaY > 0 ? 1.2 : 1 / 1.2, about);
  };
  const open = (mark: Mark | undefined) => {
    if (mark === undefined) return;
    setPointer(undefined);
    const ids = mark.entries.map(({ id }) => id);
    void store.explain(ids.at(-1)!, ids);
  };
  const onKey = (event: KeyboardEvent) => {
    const mark = neighbour(scene.current.layout, selected, event.key);
    if (mark) {
      event.preventDefault();
      setSelected(mark);
      setPointer({ x: mark.x, y: AXIS_PX + mark.lane * LANE_PX + rowOf(mark.kind) });
      store.set({ announcement: markText(mark) });
    } else if (event.key === 'Enter') open(selected);
    else if (event.key === 'Escape') {
      setSelected(undefined);
      setPointer(undefined);
    }
  };
  const toggle = (kind: Kind) => {
    const kinds = new Set(state.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    store.set({ kinds });
  };

  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <header class="panel-head">
        <h2 id="timeline-title">Timeline</h2>
        <fieldset class="legend" aria-label="Kinds that are shown">
          {KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              class="quiet"
              aria-pressed={state.kinds.has(kind) ? 'true' : 'false'}
              onClick={() => toggle(kind)}
            >
              <KindMark kind={kind} /> {KIND_WORDS[kind]}
            </button>
          ))}
          <span class="legend-wait">
            <i aria-hidden="true" /> told to wait
          </span>
        </fieldset>
        <Tools store={store} />
      </header>
      <div ref={ref} class="lanes">
        <ul class="lane-names" style={`width: ${gutter}px; padding-top: ${AXIS_PX}px`} aria-label="Lanes">
          {layout.lanes.map((lane) => (
            <li key={lane.id} style={`height: ${LANE_PX}px; line-height: ${LANE_PX}px`}>
              <LaneName lane={lane} />
            </li>
          ))}
        </ul>
        <div class="lane-area" style={`width: ${width}px; height: ${height}px`}>
          {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: arrow keys choose a mark, which a screen reader must hand over */}
          <canvas
            ref={canvas}
            id="timeline-canvas"
            tabIndex={0}
            role="application"
            aria-label="Requests over time. Arrow keys choose a mark, Enter explains it, plus and minus zoom."
            style={`width: ${width}px; height: ${height}px`}
            data-marks={layout.marks.length}
            data-requests={layout.marks.reduce((sum, { entries: some }) => sum + some.length, 0)}
            data-waits={layout.waits.length}
            data-highlighted={layout.marks.reduce(
              (sum, { entries: some }) => sum + some.filter(({ id }) => state.highlighted.has(id)).length,
              0,
            )}
            onMouseMove={onMove}
            onMouseLeave={() => {
              setPointer(undefined);
              setSelected(undefined);
            }}
            onClick={(event: MouseEvent) => open(under(event))}
            onWheel={onWheel}
            onKeyDown={onKey}
          />
          {entries.length === 0 ? <p class="empty over">No request yet.</p> : null}
          {selected && pointer ? <MarkCard mark={selected} x={pointer.x} y={pointer.y} width={width} /> : null}
        </div>
      </div>
      <div class="left-head">
        <label>
          Units left
          <select
            aria-label="Units left"
            value={bucket?.id ?? ''}
            onChange={(event: Event) => store.set({ bucket: (event.target as HTMLSelectElement).value })}
          >
            <BucketOptions buckets={buckets} hasSeveral={state.profiles.length > 1} />
          </select>
        </label>
        <span class="muted">
          {state.omitted > 0 ? `${number(state.omitted)} requests counted, not drawn` : ''}
          {layout.hiddenLanes > 0 ? ` · ${layout.hiddenLanes} more lanes` : ''}
          {state.isPaused && state.held.length > 0 ? ` · ${number(state.held.length)} waiting` : ''}
        </span>
      </div>
      <div ref={chartElement} class="left-chart" style={`height: ${CHART_PX}px`} aria-hidden="true" />
    </section>
  );
}

/** The choices of a bucket. Rendered again only when they have changed, since there are many. */
const BucketOptions = memo(
  ({ buckets, hasSeveral }: { readonly buckets: readonly SeenBucket[]; readonly hasSeveral: boolean }) => {
    if (buckets.length === 0) return <option value="">no bucket yet</option>;
    const shown = buckets.slice(0, MAX_CHOICES);
    const hashes = bucketHashes(shown);
    return (
      <>
        {shown.map((one) => (
          <option key={one.id} value={one.id}>
            {bucketText(one, hashes, hasSeveral)}
          </option>
        ))}
      </>
    );
  },
);

function Tools({ store }: { readonly store: Store }) {
  const { state } = store;
  const move = (share: number) => store.set({ view: moved(viewOf(store), share) });
  const tool = (label: string, text: string, onClick: () => void, keys?: string) => (
    <button
      type="button"
      class="icon"
      aria-label={label}
      title={keys === undefined ? label : `${label} (${keys})`}
      onClick={onClick}
    >
      {text}
    </button>
  );
  return (
    <div class="tools">
      <fieldset class="segments" aria-label="Lanes by">
        {(['caller', 'connection'] as const).map((by) => (
          <button
            key={by}
            type="button"
            aria-pressed={state.laneBy === by ? 'true' : 'false'}
            onClick={() => store.set({ laneBy: by })}
          >
            {by}
          </button>
        ))}
      </fieldset>
      <fieldset class="buttons" aria-label="Section of time">
        <button
          type="button"
          aria-pressed={state.isPaused ? 'true' : 'false'}
          aria-keyshortcuts="Space"
          onClick={() => pause(store)}
        >
          {state.isPaused ? 'Continue' : 'Pause'}
        </button>
        {tool('Earlier', '‹', () => move(-0.5))}
        {tool('Later', '›', () => move(0.5))}
        {tool('Zoom in', '+', () => zoom(store, 1 / ZOOM), '+')}
        {tool('Zoom out', '−', () => zoom(store, ZOOM), '-')}
        <button type="button" aria-keyshortcuts="0" onClick={() => fitAll(store)}>
          Fit
        </button>
        <button
          type="button"
          aria-pressed={state.view === undefined ? 'true' : 'false'}
          onClick={() => store.set({ view: undefined, highlighted: new Set() })}
        >
          Follow
        </button>
      </fieldset>
    </div>
  );
}

/** Stops or continues the timeline. A stopped one keeps its section. */
export function pause(store: Store): void {
  const { isPaused } = store.state;
  if (!isPaused) store.set({ view: viewOf(store) });
  store.setPaused(!isPaused);
}

/**
 * Paints while the clock runs and the section follows it, as often as something moves by a pixel, and at most a fifth of the time.
 *
 * @param width pixels of the section
 * @returns a function that stops it
 */
function animate(store: Store, width: number, paint: () => void): () => void {
  const { clock, view } = store.state;
  if (clock === undefined || clock.reading.mode === 'frozen' || view !== undefined) return () => {};
  // Four frames a second, by the page's own renders, are enough for those who want less motion.
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return () => {};
  const { from, to } = viewOf(store);
  const pixelMs = (to - from) / Math.max(1, width) / Math.max(0.001, clock.reading.rate);
  const least = Math.max(store.isBusy ? FRAME_MS.busy : FRAME_MS.usual, pixelMs);
  let pause = least;
  let last = performance.now();
  let frame = requestAnimationFrame(function next(at) {
    if (at - last >= pause) {
      last = at;
      paint();
      pause = Math.max(least, 4 * (performance.now() - at));
    }
    frame = requestAnimationFrame(next);
  });
  return () => cancelAnimationFrame(frame);
}

/** The mark that an arrow key leads to. */
function neighbour({ marks, lanes }: Layout, from: Mark | undefined, key: string): Mark | undefined {
  if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key) || marks.length === 0)
    return undefined;
  const sorted = [...marks].sort((a, b) => a.x - b.x || a.lane - b.lane);
  const inLane = (lane: number) => sorted.filter((mark) => mark.lane === lane);
  const at =
    from &&
    sorted.findIndex(
      (mark) => mark.lane === from.lane && mark.kind === from.kind && mark.entries.at(-1) === from.entries.at(-1),
    );
  if (from === undefined || at === undefined || at < 0) return sorted.at(-1);
  const lane = inLane(from.lane);
  const place = lane.indexOf(sorted[at]!);
  if (key === 'ArrowLeft') return lane[place - 1] ?? lane[place];
  if (key === 'ArrowRight') return lane[place + 1] ?? lane[place];
  if (key === 'Home') return lane[0];
  if (key === 'End') return lane.at(-1);
  const other = (from.lane + (key === 'ArrowUp' ? lanes.length - 1 : 1)) % lanes.length;
  return inLane(other).sort((a, b) => Math.abs(a.x - from.x) - Math.abs(b.x - from.x))[0] ?? sorted[at];
}
