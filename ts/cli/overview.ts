import { duration, wholeDuration } from "../core/duration.ts";
import type { Progress, ProgressSink } from "../core/progress.ts";
import type { SweepOverview, SweepProgress } from "../experiment/index.ts";
import {
  LiveLines,
  type Output,
  progressLine,
  progressOn,
  redrawIntervalMs,
  roughly,
  type Track,
  trackWith,
} from "./progress.ts";

/**
 * A sweep on stderr: a terminal has a line of the whole and one for each running cell, redrawn in place; a pipe gets
 * plain lines. `now` and `out` are there for tests.
 */
export const overviewOn = (
  out: Output = process.stderr,
  now: () => number = () => performance.now(),
): SweepProgress => withLines(out.isTTY === true ? liveOn(out, now) : plainOn(out, now));

interface Screen {
  note(text: string): void;
  update(cell: string | undefined, progress: Progress): void;
  end(cell: string | undefined, label: string): void;
  changed(overview: SweepOverview): void;
}

/** The lines that stay, the same on both. */
function withLines(screen: Screen): SweepProgress {
  let last: SweepOverview | undefined;
  const sinkOf = (cell: string | undefined): ProgressSink => ({
    note: (text) => screen.note(cell === undefined ? text : `${cell}: ${text}`),
    update: (progress) => screen.update(cell, progress),
    end: (label) => screen.end(cell, label),
  });
  return {
    ...sinkOf(undefined),
    progressOf: sinkOf,
    changed(overview) {
      last = overview;
      screen.changed(overview);
    },
    made({ cell, stage, position, stageCount }, seconds) {
      const place = String(position).padStart(String(stageCount).length);
      screen.note(`${cell}: [${place}/${stageCount}] ${stage}: ${duration(seconds)}`);
    },
    ended(cell, seconds, error) {
      const state = last === undefined ? "" : ` (${counts({ ...last, ...plusOne(last, error) })})`;
      screen.note(
        error === undefined
          ? `cell ${cell} done in ${wholeDuration(seconds)}${state}`
          : `cell ${cell} failed${state}:\n${error.replaceAll(/^/gm, "  ")}`,
      );
    },
  };
}

/** A cell's end is reported before it is counted. */
const plusOne = ({ done, failed }: SweepOverview, error: string | undefined) =>
  error === undefined ? { done: done + 1 } : { failed: failed + 1 };

function counts({ done, total, failed, secondsLeft }: SweepOverview): string {
  const left = done + failed < total ? secondsLeft() : undefined;
  return [
    `${done} of ${total} cells done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left === undefined || left < 1 ? [] : [`about ${roughly(left)} left`]),
  ].join(", ");
}

function plainOn(out: Output, now: () => number): Screen {
  const progress = progressOn(out, now);
  const labelled = (cell: string | undefined, label: string): string =>
    cell === undefined ? label : `${cell}: ${label}`;
  return {
    note: (text) => progress.note(text),
    update: (cell, step) => progress.update({ ...step, label: labelled(cell, step.label) }),
    end: (cell, label) => progress.end(labelled(cell, label)),
    changed() {},
  };
}

function liveOn(out: Output, now: () => number): Screen {
  const tracks = new Map<string, Track>();
  let overview: SweepOverview | undefined;
  const live = new LiveLines(out);
  let shownAt = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    live.clear();
    if (overview === undefined || overview.running.length === 0) return;
    // What does not fit on the screen could not be taken back.
    live.draw(overviewLines(overview, tracks).slice(0, Math.max(1, (out.rows ?? 24) - 1)));
  };
  const drawSoon = (): void => {
    if (now() - shownAt < redrawIntervalMs) return;
    shownAt = now();
    draw();
  };
  return {
    note(text) {
      live.note(text);
      draw();
    },
    update(cell, progress) {
      if (cell !== undefined) {
        const before = tracks.get(cell);
        const same = before?.last.label === progress.label ? before : undefined;
        tracks.set(cell, trackWith(progress, now(), same));
      }
      drawSoon();
    },
    end(cell, label) {
      if (cell !== undefined && tracks.get(cell)?.last.label === label) tracks.delete(cell);
    },
    changed(next) {
      const ended = next.running.length < (overview?.running.length ?? 0);
      overview = next;
      if (ended) draw();
      else drawSoon();
    },
  };
}

/** What is left of the whole stands in the first line. */
const ownOnly = ({ whole: _, ...own }: Progress): Progress => own;

/** The whole, then each running cell with its stage. */
function overviewLines(overview: SweepOverview, tracks: ReadonlyMap<string, Track>): string[] {
  return [
    `sweep ${overview.sweep}: ${counts(overview)}`,
    ...overview.running.map(({ cell, stage, position, stageCount, waits }) => {
      const track = tracks.get(cell);
      const doing =
        track !== undefined
          ? progressLine(ownOnly(track.last), track.meter.rate())
          : waits
            ? `${stage}: waiting, another is making it`
            : stage;
      return `  ${cell}  ${position === 0 ? "" : `[${position}/${stageCount}] `}${doing}`.trimEnd();
    }),
  ];
}
