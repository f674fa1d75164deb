import { defined } from "../core/defined.ts";
import type { Progress, ProgressSink } from "../core/progress.ts";

/** How often a pipe gets a line about work that is still going on. */
const plainIntervalMs = 10_000;
export const redrawIntervalMs = 100;
/** The rate is that of the last stretch of this length: it follows a change and does not flicker. */
const rateWindowMs = 15_000;

export interface Track {
  points: { at: number; done: number; tokens: number }[];
  shownAt: number;
  last: Progress;
}

/** A terminal, or what takes its place. */
export interface Output {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  write(text: string): unknown;
}

/** The last lines of a terminal, which are taken back and drawn anew. */
export class LiveLines {
  readonly #out: Output;
  #shown = 0;
  constructor(out: Output) {
    this.#out = out;
  }
  /** Columns that a line may take. */
  get width(): number {
    return (this.#out.columns ?? 100) - 1;
  }
  clear(): void {
    if (this.#shown > 0) this.#out.write(`\r\x1b[K${"\x1b[A\x1b[K".repeat(this.#shown - 1)}`);
    this.#shown = 0;
  }
  draw(lines: readonly string[]): void {
    this.clear();
    this.#out.write(lines.map((line) => line.slice(0, this.width)).join("\n"));
    this.#shown = lines.length;
  }
}

/**
 * Progress on stderr. On a terminal one line is redrawn in place, or two where further live numbers would not fit on
 * it; a pipe gets a plain line every ten seconds.
 * `now` and `out` are there for tests.
 */
export function progressOn(
  out: Output = process.stderr,
  now: () => number = () => performance.now(),
): ProgressSink {
  const tracks = new Map<string, Track>();
  const terminal = out.isTTY === true;
  const live = new LiveLines(out);
  return {
    note(text) {
      live.clear();
      out.write(`${text}\n`);
    },
    update(progress) {
      const at = now();
      const track = trackWith(progress, at, tracks.get(progress.label), terminal ? 0 : at);
      tracks.set(progress.label, track);
      if (at - track.shownAt < (terminal ? redrawIntervalMs : plainIntervalMs)) return;
      track.shownAt = at;
      const rate = rateOf(track);
      if (terminal) live.draw(linesWithin(live.width, progress, rate));
      else out.write(`${progressLine(progress, rate)}\n`);
    },
    end(label) {
      tracks.delete(label);
      live.clear();
    },
  };
}

/** A piece of work's track with one more point. */
export function trackWith(progress: Progress, at: number, before?: Track, shownAt = 0): Track {
  const track = before ?? { points: [], shownAt, last: progress };
  const { done, from = 0, tokens = 0 } = progress;
  track.last = progress;
  track.points.push({ at, done: done - from, tokens });
  while (track.points.length > 2 && track.points[1]!.at < at - rateWindowMs) track.points.shift();
  return track;
}

interface Rate {
  perSecond: number;
  tokensPerSecond: number;
}

export function rateOf({ points }: Track): Rate | undefined {
  const first = points[0]!;
  const last = points.at(-1)!;
  const seconds = (last.at - first.at) / 1000;
  if (seconds < 0.5) return undefined;
  return {
    perSecond: (last.done - first.done) / seconds,
    tokensPerSecond: (last.tokens - first.tokens) / seconds,
  };
}

/** "align aft-bc seed 1: 120/250 steps (48 %), 6.3 steps/s, 8,100 tokens/s, 21 s left, loss 0.41" */
export function progressLine({ label, done, total, unit, detail }: Progress, rate?: Rate): string {
  const parts = [
    total > 0 ? `${done}/${total} ${unit} (${Math.floor((100 * done) / total)} %)` : `${done} ${unit}`,
  ];
  if (rate !== undefined && rate.perSecond > 0) {
    parts.push(`${short(rate.perSecond)} ${unit}/s`);
    if (rate.tokensPerSecond > 0) parts.push(`${short(rate.tokensPerSecond)} tokens/s`);
    if (total > done) parts.push(`${duration((total - done) / rate.perSecond)} left`);
  }
  if (detail !== undefined) parts.push(detail);
  return `${label}: ${parts.join(", ")}`;
}

/** The line; its detail on a line of its own where it would not fit. */
function linesWithin(width: number, { detail, ...rest }: Progress, rate?: Rate): string[] {
  const whole = progressLine({ ...rest, ...defined({ detail }) }, rate);
  return whole.length <= width || detail === undefined ? [whole] : [progressLine(rest, rate), `  ${detail}`];
}

const short = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2);

/** "45 s", "3 min 20 s", "2 h 05 min". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}
