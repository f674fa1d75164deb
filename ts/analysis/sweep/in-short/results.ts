/** "What came out". */
import { type Chapter, kind } from "../../features/findings/catalogue.ts";
import { plural, points, range } from "../../report/format.ts";
import type { MetricName } from "../../report/schema.ts";
import { includes } from "../../statistics/interval.ts";
import { isLower } from "../against-best.ts";
import { cellText } from "../axes.ts";
import { isBalanced, marginals } from "../marginals.ts";
import { format, formatted, type Measure, metricOf } from "../measures.ts";
import { type BestCell, followedValue, methodIn, type SweepNumbers } from "../numbers.ts";
import type { CellResult } from "../results.ts";

/** How many of the other cells are as good as the best. */
const asGood = (sweep: SweepNumbers, { others, value }: BestCell): number =>
  others.filter((cell) => followedValue(sweep, cell) === value).length;

/** The best cell; undefined where there is none, or all cells are as good. */
function bestIn(sweep: SweepNumbers): BestCell | undefined {
  const { best } = sweep;
  const isLevel = best !== undefined && best.others.length > 0 && asGood(sweep, best) === best.others.length;
  return isLevel ? undefined : best;
}

const noBest = kind({
  id: "no-best",
  numbers: ({ best }: SweepNumbers) => (best === undefined ? {} : undefined),
  template: () => "No cell has a number by which the best could be chosen.",
});

const level = kind({
  id: "level",
  numbers: (sweep: SweepNumbers) => (bestIn(sweep) === undefined ? sweep.best : undefined),
  template: ({ measure, label, value }) =>
    `All cells have the same ${measure.words} of ${label}: ${formatted(measure, value)}.`,
});

const bestAndLowest = kind({
  id: "best-and-lowest",
  numbers: (sweep: SweepNumbers) => {
    const best = bestIn(sweep);
    if (best === undefined) return undefined;
    const lowest = best.others
      .flatMap((cell) => {
        const value = followedValue(sweep, cell);
        return value === null ? [] : [{ text: cellText(cell, sweep.axes), value }];
      })
      .reduce<{ text: string; value: number } | undefined>(
        (least, cell) => (least === undefined || cell.value < least.value ? cell : least),
        undefined,
      );
    return { ...best, text: cellText(best.result, sweep.axes), equal: asGood(sweep, best), lowest };
  },
  template: ({ label, text, measure, value, interval, equal, lowest }) =>
    `Of ${label}, ${text} has the highest ${measure.words}: ${formatted(measure, value)} ${range(interval, (end) => format(measure, end))}${equal > 0 ? `, as in ${plural(equal, "other cell")}` : ""}${
      lowest === undefined ? "" : `; ${lowest.text} has the lowest, ${formatted(measure, lowest.value)}`
    }.`,
});

/** How many of the cells can be told from the best. */
const worseThanBest = kind({
  id: "worse-than-best",
  numbers: (sweep: SweepNumbers) => {
    const { others = [] } = bestIn(sweep) ?? {};
    const tested = others.filter(({ againstBest }) => againstBest?.pHolm != null);
    const lower = tested.filter(({ againstBest }) => isLower(againstBest!)).length;
    return tested.length === 0 ? undefined : { others: others.length, tested: tested.length, lower };
  },
  template: ({ others, tested, lower }) => {
    const cells = `${tested === others ? "the" : "those of the"} ${plural(tested, "other cell")}`;
    const how = "paired by question, Holm-adjusted p below 0.05";
    if (lower === 0)
      return `None of ${cells} is worse than that beyond chance (${how}): this sweep does not show which setting is best.`;
    const rest = tested - lower;
    const count = rest === 0 ? (lower === 1 ? "it" : "all") : String(lower);
    return `Of ${cells}, ${count} ${lower === 1 ? "is" : "are"} worse than that beyond chance (${how})${rest === 0 ? "." : `; ${rest} cannot be told from it.`}`;
  },
});

/** The methods that the settings do not touch: what the varied one is to be held against. */
const untouched = kind({
  id: "untouched",
  numbers: (sweep: SweepNumbers) => {
    const best = bestIn(sweep);
    const [first, ...others] = sweep.done;
    if (best === undefined || first === undefined || others.length === 0) return undefined;
    const { measure } = best;
    const methods = first.methods.flatMap((method) => {
      const value = metricOf(method, measure);
      const isSame = others.every((cell) => metricOf(methodIn(cell, method.name), measure) === value);
      return value === null || !isSame || method.name === best.method ? [] : [{ label: method.label, value }];
    });
    return methods.length === 0 ? undefined : { measure, methods };
  },
  template: ({ measure, methods }) =>
    `The same in all cells, ${measure.words}: ${methods.map(({ label, value }) => `${label} ${formatted(measure, value)}`).join(", ")}.`,
});

const axisMeans = kind({
  id: "axis-means",
  numbers: (sweep: SweepNumbers) => {
    const { axes } = sweep;
    const best = bestIn(sweep);
    if (best === undefined || axes.length < 2) return undefined;
    return axes
      .filter((axis) => isBalanced(axis, axes))
      .map((axis) => ({
        ...best,
        axis: axis.name,
        means: marginals(sweep, axis).map(({ text, mean }) => ({ text, mean: mean(best.measure) })),
      }))
      .filter(({ means }) => means.every(({ mean }) => mean !== null));
  },
  template: ({ axis, label, measure, means }) =>
    `By ${axis}, averaged over the other settings, ${label} comes to ${means.map(({ text, mean }) => `${formatted(measure, mean)} (${text})`).join(", ")}.`,
});

/** What a gain in the chosen metric may come with. */
const sideMeasures: readonly MetricName[] = ["assessmentMicro", "perplexityPositive"];

/** Other measures of the followed method from their lowest to their highest, with the baseline's. */
const sideEffects = kind({
  id: "side-effects",
  numbers: (sweep: SweepNumbers) => {
    const best = bestIn(sweep);
    if (best === undefined) return undefined;
    return sweep.measures
      .filter(({ name }) => name !== best.metric && sideMeasures.includes(name))
      .map((measure) => ({ measure, label: best.label, ...extremes(sweep, measure) }))
      .filter(({ low, high }) => low !== undefined && low.value !== high!.value);
  },
  template: ({ measure, label, low, high, continued: [least, most] }) => {
    const words = `${measure.words.charAt(0).toUpperCase()}${measure.words.slice(1)}`;
    const baseline =
      least === undefined
        ? ""
        : `; continued VFT has ${least === most ? formatted(measure, least) : `between ${format(measure, least)} and ${formatted(measure, most)}`}`;
    return `${words} of ${label} goes from ${formatted(measure, low!.value)} (${low!.text}) to ${formatted(measure, high!.value)} (${high!.text})${baseline}.`;
  },
});

function extremes(sweep: SweepNumbers, measure: Measure) {
  const cells = sweep.done
    .flatMap((cell) => {
      const value = followedValue(sweep, cell, measure);
      return value === null ? [] : [{ text: cellText(cell, sweep.axes), value }];
    })
    .sort((a, b) => a.value - b.value);
  const continued = sweep.done
    .flatMap(({ methods }) => methods.filter(({ role }) => role === "continued"))
    .flatMap((method) => metricOf(method, measure) ?? [])
    .sort((a, b) => a - b);
  return { low: cells[0], high: cells.at(-1), continued: [continued[0], continued.at(-1)] };
}

const baselines = [
  { role: "continued", words: "continued VFT (further steps on the reference solutions alone)" },
  { role: "kept", words: "the VFT weights without any further training" },
] as const;

/** The followed method beside both baselines of its own cell; differences by themselves, not adjusted for many cells. */
const againstBaselines = kind({
  id: "against-baselines",
  numbers: (sweep: SweepNumbers) => {
    const best = bestIn(sweep);
    if (best === undefined) return undefined;
    return baselines
      .map(({ role, words }) => ({
        words,
        label: best.label,
        differences: sweep.done.flatMap((cell) => differenceTo(role, sweep, cell)),
      }))
      .filter(({ differences }) => differences.length > 0);
  },
  template: ({ words, label, differences }) => {
    const clearly = (sign: number): number =>
      differences.filter(({ value, interval }) => Math.sign(value) === sign && !includes(interval, 0)).length;
    const values = differences.map(({ value }) => value).sort((a, b) => a - b);
    return `Against ${words}, ${label} has between ${points(values[0])} and ${points(values.at(-1))} points: clearly more (its own 95 % interval above 0) in ${clearly(1)}, clearly less in ${clearly(-1)} of ${plural(differences.length, "cell")}.`;
  },
});

function differenceTo(
  role: (typeof baselines)[number]["role"],
  { best, summaries }: SweepNumbers,
  { cell }: CellResult,
) {
  const method = summaries.get(cell)?.methods.find(({ name }) => name === best!.method);
  const comparison = method?.comparisons.find((candidate) => candidate.role === role);
  const { value, interval } = comparison?.differences[best!.metric] ?? {};
  return interval == null ? [] : [{ value: value ?? 0, interval }];
}

export const results: Chapter<SweepNumbers> = {
  heading: "What came out",
  kinds: [noBest, level, bestAndLowest, worseThanBest, untouched, axisMeans, sideEffects, againstBaselines],
  hasResults: true,
};
