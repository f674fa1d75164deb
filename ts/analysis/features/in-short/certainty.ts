/** "How sure it is". */

import { percent, plural, points } from "../../format.ts";
import type { MethodSummary, RunSummary } from "../../generated/report.ts";
import { testedAgainst } from "../../measure/paired-tests.ts";
import { shownInterval } from "../../measure/verdicts.ts";
import { type Chapter, defineFinding } from "../findings/catalogue.ts";
import { isAligned } from "../methods.ts";

const intervals = defineFinding({
  id: "intervals",
  numbers: ({ split, seeds }: RunSummary) => ({ split, seeds: seeds.length }),
  template: ({ split, seeds }) =>
    `Brackets are 95 % intervals: they cover the choice of the ${split} questions${seeds > 1 ? "; those of differences to a baseline the spread over seeds too" : ", not that of the training run"}.`,
});

const medianWidth = defineFinding({
  id: "median-width",
  numbers: ({ methods }: RunSummary) => {
    const widths = testedAgainst(methods, "continued", "accuracy")
      .flatMap((difference) => {
        const interval = shownInterval(difference);
        return interval === null ? [] : [(interval.high - interval.low) / 2];
      })
      // An interval of width 0 is that of two methods that answered alike: it says nothing of others.
      .filter((width) => width > 0)
      .sort((a, b) => a - b);
    const median = widths[Math.floor((widths.length - 1) / 2)];
    return median === undefined ? undefined : { median };
  },
  template: ({ median }) =>
    `Half of the differences in greedy accuracy are known to ±${points(median).replace("+", "")} points or better.`,
});

const seedsRun = defineFinding({
  id: "seeds-run",
  numbers: ({ seeds, methods }: RunSummary) => ({ seeds: seeds.length, methods }),
  template: ({ seeds, methods }) =>
    seeds === 1
      ? `One seed was run, so nothing is known of how much another training would change${methods.length > 1 ? "; a difference here may be that of a lucky or an unlucky one" : ""}.`
      : `${plural(seeds, "seed")} were run${accuracyBySeed(methods)}. The tests speak of other questions, the spread over seeds of other trainings, and a result should hold for both.`,
});

/** How far the seeds lie apart, by the model before any method or else by the first one. */
export function accuracyBySeed(methods: readonly MethodSummary[]): string {
  const start = methods.find(({ role }) => role === "kept") ?? methods[0];
  const perSeed = start?.metrics.accuracy.perSeed ?? [];
  const values = perSeed.map(({ value }) => percent(value));
  return start === undefined || perSeed.some(({ value }) => value === null)
    ? ""
    : `; greedy accuracy of ${start.label} by seed: ${values.join(", ")} %`;
}

const pickedAfterLooking = defineFinding({
  id: "picked-after-looking",
  numbers: ({ methods }: RunSummary) => {
    const compared = testedAgainst(methods, "continued", "accuracy").length;
    return compared > 1 ? { compared, aligned: methods.filter(isAligned).length } : undefined;
  },
  template: ({ compared, aligned }) =>
    `The best of ${aligned} methods was picked after looking; the intervals of differences are therefore for all ${compared} together.`,
});

const paperBeside = defineFinding({
  id: "paper-beside",
  numbers: () => ({}),
  template: () =>
    "The paper’s numbers stand beside ours for orientation: they are of other, far larger models and other data.",
});

export const certainty: Chapter<RunSummary> = {
  heading: "How sure it is",
  kinds: [intervals, medianWidth, seedsRun, pickedAfterLooking, paperBeside],
};
