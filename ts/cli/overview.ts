import type { Progress, ProgressSink } from "../core/progress.ts";
import type { Overview, SweepWatch } from "../experiment/index.ts";
import {
  duration,
  LiveLines,
  type Output,
  progressLine,
  progressOn,
  rateOf,
  redrawIntervalMs,
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
): SweepWatch => withLines(out.isTTY === true ? liveOn(out, now) : plainOn(out, now));

interface Screen {
  note(text: string): void;
  update(cell: string | undefined, progress: Progress): void;
  end(cell: string | undefined, label: string): void;
  changed(overview: Overview): void;
}

/** The lines that stay, the same on both. */
function withLines(screen: Screen): SweepWatch {
  let last: Overview | undefined;
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
    made: (cell, stage, number, count, seconds) =>
      screen.note(
        `${cell}: [${String(number).padStart(String(count).length)}/${count}] ${stage}: ${seconds.toFixed(1)} s`,
      ),
    ended(cell, seconds, error) {
      const state = last === undefined ? "" : ` (${counts({ ...last, ...plusOne(last, error) })})`;
      screen.note(
        error === undefined
          ? `cell ${cell} done in ${duration(seconds)}${state}`
          : `cell ${cell} failed${state}:\n${error.replaceAll(/^/gm, "  ")}`,
      );
    },
  };
}

/** A cell's end is reported before it is counted. */
const plusOne = ({ done, failed }: Overview, error: string | undefined) =>
  error === undefined ? { done: done + 1 } : { failed: failed + 1 };

function counts({ done, total, failed, secondsLeft }: Overview): string {
  const left = done + failed < total ? secondsLeft() : undefined;
  return [
    `${done} of ${total} cells done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left === undefined || left < 1 ? [] : [`about ${duration(left)} left`]),
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
  let overview: Overview | undefined;
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
      live.clear();
      out.write(`${text}\n`);
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

/** The whole, then each running cell with its stage. */
export function overviewLines(overview: Overview, tracks: ReadonlyMap<string, Track>): string[] {
  return [
    `sweep ${overview.sweep}: ${counts(overview)}`,
    ...overview.running.map(({ cell, stage, at: number, of: count, waits }) => {
      const track = tracks.get(cell);
      const doing =
        track !== undefined
          ? progressLine(track.last, rateOf(track))
          : waits
            ? `${stage}: waiting, another is making it`
            : stage;
      return `  ${cell}  ${number === 0 ? "" : `[${number}/${count}] `}${doing}`.trimEnd();
    }),
  ];
}
