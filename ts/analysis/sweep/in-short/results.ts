/** "What came out". */
import { against } from "../../features/cells.ts";
import { type Chapter, defineFinding } from "../../features/findings/catalogue.ts";
import { plural, points, range } from "../../format.ts";
import type { MetricName } from "../../generated/report.ts";
import { includes } from "../../statistics/interval.ts";
import { isLower } from "../against-best.ts";
import { cellText } from "../axes.ts";
import { isBalanced, marginals } from "../marginals.ts";
import { format, formatted, type Measure, metricOf } from "../measures.ts";
import { type BestCell, followedValue, methodIn, type SweepNumbers, summariesOf } from "../numbers.ts";
import type { CellResult } from "../results.ts";

/** A finding about the best cell, where there is one that is better than others. */
const ofBest = <Numbers extends object>(parts: {
  id: string;
  numbers: (best: BestCell, sweep: SweepNumbers) => Numbers | readonly Numbers[] | undefined;
  template: (numbers: Numbers) => string;
}) =>
  defineFinding({
    ...parts,
    numbers: (sweep: SweepNumbers) => {
      const { best } = sweep;
      return best === undefined || isLevel(sweep, best) ? undefined : parts.numbers(best, sweep);
    },
  });

/** How many of the other cells are as good as the best. */
const asGood = (sweep: SweepNumbers, { others, value }: BestCell): number =>
  others.filter((cell) => followedValue(sweep, cell) === value).length;

const isLevel = (sweep: SweepNumbers, best: BestCell): boolean =>
  best.others.length > 0 && asGood(sweep, best) === best.others.length;

/** The cells by what the best cell's method comes to in them, the lowest first. */
const byValue = (sweep: SweepNumbers, measure: Measure, cells: readonly CellResult[]) =>
  cells
    .flatMap((cell) => {
      const value = followedValue(sweep, cell, measure);
      return value === null ? [] : [{ text: cellText(cell, sweep.axes), value }];
    })
    .sort((a, b) => a.value - b.value);

const noBest = defineFinding({
  id: "no-best",
  numbers: ({ best }: SweepNumbers) => (best === undefined ? {} : undefined),
  template: () => "No cell has a number by which the best could be chosen.",
});

const allLevel = defineFinding({
  id: "all-level",
  numbers: (sweep: SweepNumbers) => (sweep.best && isLevel(sweep, sweep.best) ? sweep.best : undefined),
  template: ({ measure, label, value }) =>
    `All cells have the same ${measure.words} of ${label}: ${formatted(measure, value)}.`,
});

const bestAndLowest = ofBest({
  id: "best-and-lowest",
  numbers: (best, sweep) => ({
    ...best,
    text: cellText(best.result, sweep.axes),
    equal: asGood(sweep, best),
    lowest: byValue(sweep, best.measure, best.others)[0],
  }),
  template: ({ label, text, measure, value, interval, equal, lowest }) =>
    [
      `Of ${label}, ${text} has the highest ${measure.words}: ${formatted(measure, value)} ${range(interval, (end) => format(measure, end))}`,
      equal > 0 ? `, as in ${plural(equal, "other cell")}` : "",
      lowest === undefined ? "" : `; ${lowest.text} has the lowest, ${formatted(measure, lowest.value)}`,
      ".",
    ].join(""),
});

/** How many of the cells can be told from the best. */
const worseThanBest = ofBest({
  id: "worse-than-best",
  numbers: ({ others }) => {
    const tested = others.filter(({ againstBest }) => againstBest?.pHolm != null);
    const lower = tested.filter(({ againstBest }) => isLower(againstBest!)).length;
    return tested.length === 0 ? undefined : { others: others.length, tested: tested.length, lower };
  },
  template: ({ others, tested, lower }) => {
    const cells = `${tested === others ? "the" : "those of the"} ${plural(tested, "other cell")}`;
    const how = "paired by question, as one of many";
    if (lower === 0)
      return `None of ${cells} is significantly worse than that (${how}): this sweep does not show which setting is best.`;
    const rest = tested - lower;
    const count = rest === 0 ? (lower === 1 ? "it" : "all") : String(lower);
    return `Of ${cells}, ${count} ${lower === 1 ? "is" : "are"} significantly worse than that (${how})${rest === 0 ? "." : `; ${rest} cannot be told from it.`}`;
  },
});

/** The methods that the settings do not touch: what the varied one is to be held against. */
const untouched = ofBest({
  id: "untouched",
  numbers: ({ measure, method: followed }, { done: [first, ...others] }) => {
    const methods = (first?.methods ?? []).flatMap(({ name, label, metrics }) => {
      const value = metrics[measure.name]?.value ?? null;
      const isSame = others.every((cell) => metricOf(methodIn(cell, name), measure) === value);
      return value === null || !isSame || name === followed ? [] : [{ label, value }];
    });
    return methods.length === 0 || others.length === 0 ? undefined : { measure, methods };
  },
  template: ({ measure, methods }) =>
    `The same in all cells, ${measure.words}: ${methods.map(({ label, value }) => `${label} ${formatted(measure, value)}`).join(", ")}.`,
});

const axisMeans = ofBest({
  id: "axis-means",
  numbers: ({ label, measure }, sweep) =>
    sweep.axes
      .filter((axis) => sweep.axes.length > 1 && isBalanced(axis, sweep.axes))
      .map((axis) => ({ axis, label, measure, means: marginals(sweep, axis, measure) }))
      .filter(({ means }) => means.every(({ mean }) => mean !== null)),
  template: ({ axis, label, measure, means }) =>
    `By ${axis.name}, averaged over the other settings, ${label} comes to ${means.map(({ text, mean }) => `${formatted(measure, mean)} (${text})`).join(", ")}.`,
});

/** What a gain in the chosen metric may come with. */
const sideMeasures: readonly MetricName[] = ["assessmentMicro", "perplexityPositive"];

/** Other measures of the followed method from their lowest to their highest, with the baseline's. */
const sideEffects = ofBest({
  id: "side-effects",
  numbers: ({ label, metric }, sweep) =>
    sweep.measures
      .filter(({ name }) => name !== metric && sideMeasures.includes(name))
      .flatMap((measure) => {
        const values = byValue(sweep, measure, sweep.done);
        const [low, high] = [values[0], values.at(-1)];
        return low === undefined || high === undefined || low.value === high.value
          ? []
          : [{ measure, label, low, high, continued: continuedValues(sweep, measure) }];
      }),
  template: ({ measure, label, low, high, continued }) => {
    const words = `${measure.words.charAt(0).toUpperCase()}${measure.words.slice(1)}`;
    const [least, most] = [continued[0], continued.at(-1)].map((value) => format(measure, value));
    const unit = measure.isShare ? " %" : "";
    const baseline =
      continued.length === 0
        ? ""
        : `; continued VFT has ${least === most ? "" : `between ${least} and `}${most}${unit}`;
    return `${words} of ${label} goes from ${formatted(measure, low.value)} (${low.text}) to ${formatted(measure, high.value)} (${high.text})${baseline}.`;
  },
});

const continuedValues = ({ done }: SweepNumbers, measure: Measure): number[] =>
  done
    .flatMap(({ methods }) => methods.filter(({ role }) => role === "continued"))
    .flatMap((method) => metricOf(method, measure) ?? [])
    .sort((a, b) => a - b);

const baselines = [
  { role: "continued", words: "continued VFT (further steps on the reference solutions alone)" },
  { role: "kept", words: "the VFT weights without any further training" },
] as const;

/** The followed method beside both baselines of its own cell; differences by themselves, not adjusted for many cells. */
const againstBaselines = ofBest({
  id: "against-baselines",
  numbers: ({ label, method, metric }, sweep) =>
    baselines
      .map(({ role, words }) => ({
        words,
        label,
        differences: summariesOf(sweep).flatMap(({ methods }) => {
          const followed = methods.find(({ name }) => name === method);
          const { value, interval } = against(followed, role)?.differences[metric] ?? {};
          return interval == null ? [] : [{ value: value ?? 0, interval }];
        }),
      }))
      .filter(({ differences }) => differences.length > 0),
  template: ({ words, label, differences }) => {
    const clearly = (sign: number): number =>
      differences.filter(({ value, interval }) => Math.sign(value) === sign && !includes(interval, 0)).length;
    const values = differences.map(({ value }) => value).sort((a, b) => a - b);
    return `Against ${words}, ${label} has between ${points(values[0])} and ${points(values.at(-1))} points: clearly more (its own 95 % interval above 0) in ${clearly(1)}, clearly less in ${clearly(-1)} of ${plural(differences.length, "cell")}.`;
  },
});

export const results: Chapter<SweepNumbers> = {
  heading: "What came out",
  kinds: [
    noBest,
    allLevel,
    bestAndLowest,
    worseThanBest,
    untouched,
    axisMeans,
    sideEffects,
    againstBaselines,
  ],
  hasResults: true,
};
