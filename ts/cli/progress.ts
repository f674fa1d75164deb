import { defined } from "../core/defined.ts";
import { wholeDuration } from "../core/duration.ts";
import type { Progress, ProgressSink, StagePlace } from "../core/progress.ts";
import { type Rate, RateMeter, rateText, secondsLeft } from "../core/rate.ts";
import { wrapText } from "../core/wrap.ts";
import { asCalled } from "./called.ts";

/** How often a pipe gets a line about work that is still going on. */
const plainIntervalMs = 10_000;
export const redrawIntervalMs = 100;

export interface Track {
  meter: RateMeter;
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
  /** A text that stays, in the place of the live lines. */
  note(text: string): void {
    this.clear();
    this.#out.write(`${wrapText(asCalled(text), this.width, "  ")}\n`);
  }
}

/** Progress on stderr: live on a terminal; a pipe gets a plain line every ten seconds. `now` and `out` are there for tests. */
export const progressOn = (
  out: Output = process.stderr,
  now: () => number = () => performance.now(),
): ProgressSink => tellingOnce(out.isTTY === true ? liveOn(out, now) : plainOn(out, now));

/** What one stage warned of is not told again of the next ones: the report has it for each. */
function tellingOnce(sink: ProgressSink): ProgressSink {
  const told = new Set<string>();
  return {
    ...sink,
    note(text) {
      const [, warning] = text.split(": warning: ");
      if (warning !== undefined && told.size === told.add(warning).size) return;
      sink.note(text);
    },
  };
}

function plainOn(out: Output, now: () => number): ProgressSink {
  const tracks = new Map<string, Track>();
  return {
    note: (text) => void out.write(`${asCalled(text)}\n`),
    update(progress) {
      const at = now();
      const track = trackWith(progress, at, tracks.get(progress.label), at);
      tracks.set(progress.label, track);
      if (at - track.shownAt < plainIntervalMs) return;
      track.shownAt = at;
      out.write(`${progressLine(progress, track.meter.rate())}\n`);
    },
    end: (label) => void tracks.delete(label),
  };
}

/**
 * One line, redrawn in place. Of a run it is the whole run's, from its first stage to its last; of other work it is two
 * where further live numbers would not fit on it.
 */
function liveOn(out: Output, now: () => number): ProgressSink {
  const tracks = new Map<string, Track>();
  const live = new LiveLines(out);
  let place: StagePlace | undefined;
  let line = "";
  const drawPlace = (text: string): void => {
    line = text;
    live.draw([text]);
  };
  return {
    note(text) {
      live.note(text);
      if (place !== undefined) live.draw([line]);
    },
    update(progress) {
      const at = now();
      const track = trackWith(progress, at, tracks.get(progress.label));
      tracks.set(progress.label, track);
      if (at - track.shownAt < redrawIntervalMs) return;
      track.shownAt = at;
      const rate = track.meter.rate();
      if (place === undefined) live.draw(linesWithin(live.width, progress, rate));
      else drawPlace(runLine(live.width, place, progress, rate));
    },
    end(label) {
      tracks.delete(label);
      if (place === undefined) live.clear();
    },
    stage(next) {
      place = next;
      if (next === undefined) live.clear();
      else drawPlace(runLine(live.width, next));
    },
    done() {},
  };
}

/** A piece of work's track with one more point. */
export function trackWith(progress: Progress, at: number, before?: Track, shownAt = 0): Track {
  const track = before ?? { meter: new RateMeter(), shownAt, last: progress };
  track.last = progress;
  track.meter.add(progress, at);
  return track;
}

/** "align aft-bc seed 1: 120/250 steps (48 %), 6.3 steps/s, 8,100 tokens/s, 21 s left, about 3 min of the whole run, loss 0.41" */
export function progressLine(progress: Progress, rate?: Rate): string {
  const { label, done, total, unit, detail, whole } = progress;
  const parts = [countOf(progress), ...speedOf(unit, rate)];
  const left = secondsLeft(progress, rate);
  if (left !== undefined && total > done) parts.push(`${wholeDuration(left)} left`);
  if (whole !== undefined)
    parts.push(
      `about ${roughly(whole.secondsLeft)} ${left === undefined ? "left " : ""}of the whole ${whole.name}`,
    );
  if (detail !== undefined) parts.push(detail);
  return `${label}: ${parts.join(", ")}`;
}

/**
 * "[ 9/18] about 5 min 20 s left: align aft-dc seed 1, 103/250 steps (41 %), loss 0.41, 6.3 steps/s, 8,100 tokens/s": the
 * whole run, and as much of its present stage as fits.
 */
function runLine(width: number, place: StagePlace, progress?: Progress, rate?: Rate): string {
  const { at, total, label } = place;
  const left = progress?.whole?.secondsLeft ?? place.secondsLeft;
  const head = `[${String(at).padStart(String(total).length)}/${total}] ${left === undefined ? "" : `about ${roughly(left)} left: `}`;
  if (progress === undefined) return `${head}${label}`;
  const [name, ...parts] = partsOf(progress, rate, left !== undefined);
  let line = `${head}${name}`;
  for (const part of parts) {
    if (line.length + 2 + part.length > width) break;
    line += `, ${part}`;
  }
  return line;
}

/**
 * The stage, how far it is, its live numbers, and how fast it is, the most telling first: what is left of the stage, too,
 * while nothing is known of the whole.
 */
function partsOf(progress: Progress, rate: Rate | undefined, isWholeKnown: boolean): string[] {
  const { label, unit, detail, done, total } = progress;
  const own = isWholeKnown || total <= done ? undefined : secondsLeft(progress, rate);
  return [
    label,
    countOf(progress),
    ...(own === undefined ? [] : [`${wholeDuration(own)} left of it`]),
    ...(detail === undefined ? [] : [detail]),
    ...speedOf(unit, rate),
  ];
}

const countOf = ({ done, total, unit }: Progress): string =>
  total > 0 ? `${done}/${total} ${unit} (${Math.floor((100 * done) / total)} %)` : `${done} ${unit}`;

function speedOf(unit: string, rate: Rate | undefined): string[] {
  if (rate === undefined || rate.perSecond <= 0) return [];
  const tokens = rate.tokensPerSecond > 0 ? [`${rateText(rate.tokensPerSecond)} tokens/s`] : [];
  return [`${rateText(rate.perSecond)} ${unit}/s`, ...tokens];
}

/** The line; its detail on a line of its own where it would not fit. */
function linesWithin(width: number, { detail, ...rest }: Progress, rate?: Rate): string[] {
  const whole = progressLine({ ...rest, ...defined({ detail }) }, rate);
  return whole.length <= width || detail === undefined ? [whole] : [progressLine(rest, rate), `  ${detail}`];
}

/** No finer than it can be known: "45 s", "3 min 20 s", "25 min", "2 h 10 min". */
export function roughly(seconds: number): string {
  if (seconds < 60) return wholeDuration(Math.max(5, 5 * Math.round(seconds / 5)));
  if (seconds < 600) return wholeDuration(10 * Math.round(seconds / 10));
  const unit = seconds < 3570 ? 60 : 600;
  return wholeDuration(unit * Math.round(seconds / unit));
}
