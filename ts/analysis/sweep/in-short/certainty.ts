/** "How sure it is". */
import { type Chapter, defineFinding } from "../../features/findings/catalogue.ts";
import { accuracyBySeed } from "../../features/in-short/certainty.ts";
import { type SweepNumbers, sameInAll, summariesOf } from "../numbers.ts";

const intervals = defineFinding({
  id: "intervals",
  numbers: ({ best }: SweepNumbers) => ({
    arePaired:
      best !== undefined &&
      best.others.length > 0 &&
      best.others.every(({ againstBest }) => againstBest?.p != null),
  }),
  template: ({ arePaired }) =>
    `Brackets and bars are 95 % intervals: they cover the choice of the questions, not that of the training run.${
      arePaired
        ? " All cells answer the same questions, so a difference between two of them is known better than their bars suggest: the table below tests it question by question."
        : ""
    }`,
});

const pickedAfterLooking = defineFinding({
  id: "picked-after-looking",
  numbers: ({ best, results: { cells } }: SweepNumbers) =>
    best === undefined || best.among < 2
      ? undefined
      : { among: best.among, isOnTest: cells.some(({ split }) => split === "test") },
  template: ({ among, isOnTest }) =>
    `The best of ${among} was picked after looking, which flatters it${isOnTest ? "; and it was picked on the test split, so that no unseen questions are left to confirm it (stages.evaluate.split: validation)" : ": confirm it on the test split with other seeds"}.`,
});

const seedsRun = defineFinding({
  id: "seeds-run",
  numbers: (sweep: SweepNumbers) => ({
    areSame: sameInAll(sweep.done.map(({ seeds }) => seeds.join(", "))) !== "",
    seeds: sweep.done[0]!.seeds.length,
    methods: summariesOf(sweep)[0]?.methods ?? [],
  }),
  template: ({ areSame, seeds, methods }) => {
    if (!areSame) return "The cells have different seeds: what they differ in may be the seeds’ doing.";
    return seeds === 1
      ? "One seed was run: how far another training would move these numbers is not known."
      : `Numbers are means over ${seeds} seeds${accuracyBySeed(methods)}.`;
  },
});

export const certainty: Chapter<SweepNumbers> = {
  heading: "How sure it is",
  kinds: [intervals, pickedAfterLooking, seedsRun],
};
