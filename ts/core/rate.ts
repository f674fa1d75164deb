/** How fast a piece of work goes, by what it reported last. */
import type { Progress } from "./progress.ts";

/** The rate is that of the last stretch of this length: it follows a change and does not flicker. */
const usualWindowMs = 15_000;
/** Reports that come closer to each other than this are one. */
const pointMs = 50;
/** Less than this tells nothing. */
const leastMs = 500;

export interface Rate {
  perSecond: number;
  tokensPerSecond: number;
}

export class RateMeter {
  private readonly points: { at: number; done: number; tokens: number }[] = [];
  private readonly windowMs: number;

  constructor(windowMs: number = usualWindowMs) {
    this.windowMs = windowMs;
  }

  /** @param at in ms, of a clock that does not jump */
  add({ done, tokens = 0 }: Progress, at: number): void {
    const { points } = this;
    const before = points.at(-2);
    if (before !== undefined && at - before.at < pointMs) points.pop();
    points.push({ at, done, tokens });
    while (points.length > 2 && points[1]!.at < at - this.windowMs) points.shift();
  }

  /** undefined until there is enough to tell. */
  rate(): Rate | undefined {
    const first = this.points[0];
    const last = this.points.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < leastMs) return undefined;
    const seconds = (last.at - first.at) / 1000;
    return {
      perSecond: (last.done - first.done) / seconds,
      tokensPerSecond: (last.tokens - first.tokens) / seconds,
    };
  }
}

/** Seconds that the rest of it takes at this rate; undefined where that cannot be told. */
export const secondsLeft = ({ done, total }: Progress, rate: Rate | undefined): number | undefined =>
  rate !== undefined && rate.perSecond > 0 && total > 0
    ? Math.max(0, total - done) / rate.perSecond
    : undefined;

/** A rate's number: no finer than it is known. */
export const rateText = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2);
