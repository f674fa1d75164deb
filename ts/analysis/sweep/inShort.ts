/** A sweep in plain words: what was varied, what came of it, how sure that is. */
import { plural, points, range } from "../report/format.ts";
import { bySeed, type Part, startOf, taughtBy } from "../report/inShort.ts";
import type { RunSummary } from "../report/schema.ts";
import { includes } from "../statistics/interval.ts";
import { cellText } from "./axes.ts";
import { followedIn, type SweepView } from "./data.ts";
import { isBalanced, marginals } from "./marginal.ts";
import { format, type Measure, measureNamed, numberOf } from "./measures.ts";
import type { AgainstBest, CellResult } from "./results.ts";

/** Empty where no cell is done. */
export const sweepInShort = (view: SweepView): Part[] =>
  view.done.length === 0
    ? []
    : [
        { heading: "What was done", sentences: done(view), list: varied(view) },
        { heading: "What came out", sentences: found(view) },
        { heading: "How sure it is", sentences: sure(view) },
      ];

/** What the axes are, and which values they take. */
const varied = ({ results, axes }: SweepView): string[] =>
  axes.map(({ keys, values }) => {
    const meaning = keys.length === 1 ? results.about[keys[0]!] : undefined;
    const given = values.map(({ text }) => text).join("; ");
    return `${keys.join(" with ")}${meaning === undefined ? "" : ` (${meaning})`}: ${given}`;
  });

function done({ results, done: cells, axes, summaries }: SweepView): string[] {
  const { cells: all } = results;
  const failed = all.filter(({ status }) => status === "failed").length;
  const waiting = all.length - cells.length - failed;
  const product = axes.reduce((count, { values }) => count * values.length, 1);
  const told = (of: (summary: RunSummary) => string): string =>
    inAll(cells.flatMap(({ cell }) => summaries.get(cell) ?? []).map(of));
  return [
    told((summary) => startOf(summary).join(" ")),
    told(taughtBy),
    `One experiment was run in ${plural(all.length, "variant")}, called cells${product === all.length && axes.length > 1 ? ": every combination of the values listed below" : ""}.`,
    `Everything else is the same in all of them, and what they share${told(vftOf) === "" ? "" : ", such as the VFT model,"} was made once.`,
    inAll(cells.map(measuredBy)) || "The cells differ in what they measure, too: their reports say how.",
    failed > 0 ? `${plural(failed, "cell")} failed.` : "",
    waiting > 0 ? `${plural(waiting, "cell")} ${waiting === 1 ? "is" : "are"} not done yet.` : "",
  ].filter((sentence) => sentence !== "");
}

/** What is so in every cell; else nothing, since what holds of one cell alone would mislead. */
const inAll = (texts: readonly string[]): string =>
  texts.every((text) => text === texts[0]) ? (texts[0] ?? "") : "";

const vftOf = ({ stages }: RunSummary): string =>
  stages
    .filter(({ stage }) => stage === "vft")
    .map(({ artefact }) => artefact)
    .join(" ");

function measuredBy({ methods, seeds, split }: CellResult): string {
  const asked = methods[0]?.metrics.accuracy?.n || methods[0]?.metrics.majority?.n || 0;
  return `Each cell measures ${plural(methods.length, "method")} on ${asked === 0 ? "" : `${plural(asked, "question")} of `}the ${split} split, with ${plural(seeds.length, "seed")}.`;
}

function found(view: SweepView): string[] {
  const { results, done: cells, axes, followed } = view;
  const { best } = results;
  if (best === null || followed === undefined)
    return ["No cell has a number by which the best could be chosen."];
  const measure = measureNamed(best.metric);
  const cell = cells.find(({ cell: name }) => name === best.cell)!;
  const others = cells.filter((other) => other !== cell && followedIn(view, other) !== undefined);
  const lowest = others.reduce<CellResult | undefined>((least, other) => {
    const [a, b] = [valueIn(view, other), least && valueIn(view, least)];
    return a !== null && (b == null || a < b) ? other : least;
  }, undefined);
  const equal = others.filter((other) => valueIn(view, other) === best.value).length;
  if (equal === others.length && equal > 0)
    return [`All cells have the same ${measure.words} of ${best.label}: ${format(measure, best.value)} %.`];
  return [
    `Of ${best.label}, ${cellText(cell, axes)} has the highest ${measure.words}: ${format(measure, best.value)} % ${range(best.interval, (one) => format(measure, one))}${equal > 0 ? `, as in ${plural(equal, "other cell")}` : ""}${
      lowest === undefined
        ? ""
        : `; ${cellText(lowest, axes)} has the lowest, ${format(measure, valueIn(view, lowest))} %`
    }.`,
    ...apart(others),
    ...untouched(view, measure),
    ...axes.flatMap((axis) => {
      if (axes.length < 2 || !isBalanced(axis, axes)) return [];
      const all = marginals(view, axis).map(({ text, of }) => ({ text, value: of(measure) }));
      if (all.some(({ value }) => value === null)) return [];
      return `By ${axis.name}, averaged over the other settings, ${best.label} comes to ${all.map(({ text, value }) => `${format(measure, value)} % (${text})`).join(", ")}.`;
    }),
    ...view.measures
      .filter(({ name }) => name !== measure.name && beside.includes(name))
      .flatMap((other) => between(view, other)),
    ...againstBaselines(view),
  ];
}

/** The methods that the settings do not touch: what the varied one is to be held against. */
function untouched({ done: cells, followed }: SweepView, measure: Measure): string[] {
  const [first, ...others] = cells;
  const level = (first?.methods ?? []).flatMap((method) => {
    const value = numberOf(method, measure);
    const same = others.every(
      ({ methods }) =>
        numberOf(
          methods.find(({ name }) => name === method.name),
          measure,
        ) === value,
    );
    return value === null || !same || method.name === followed?.name || others.length === 0
      ? []
      : [`${method.label} ${format(measure, value)} %`];
  });
  return level.length === 0 ? [] : [`The same in all cells, ${measure.words}: ${level.join(", ")}.`];
}

/** What a gain in the chosen metric may come with. */
const beside: readonly string[] = ["assessmentMicro", "perplexityPositive"];

/** A measure of the followed method from its lowest to its highest, with the baseline's beside. */
function between(view: SweepView, measure: Measure): string[] {
  const { done: cells, axes, followed } = view;
  const all = cells
    .map((cell) => ({ cell, value: numberOf(followedIn(view, cell), measure) }))
    .filter((one): one is { cell: CellResult; value: number } => one.value !== null)
    .sort((a, b) => a.value - b.value);
  const [low, high] = [all[0], all.at(-1)];
  if (low === undefined || high === undefined || low.value === high.value) return [];
  const unit = measure.isShare ? " %" : "";
  const baselines = cells
    .flatMap(({ methods }) => methods.filter(({ role }) => role === "continued"))
    .map((method) => numberOf(method, measure))
    .filter((value) => value !== null);
  const [least, most] = [Math.min(...baselines), Math.max(...baselines)].map((value) =>
    format(measure, value),
  );
  const base =
    baselines.length === 0
      ? ""
      : `; continued VFT has ${least === most ? `${least}${unit}` : `between ${least} and ${most}${unit}`}`;
  const words = `${measure.words.charAt(0).toUpperCase()}${measure.words.slice(1)}`;
  return [
    `${words} of ${followed!.label} goes from ${format(measure, low.value)}${unit} (${cellText(low.cell, axes)}) to ${format(measure, high.value)}${unit} (${cellText(high.cell, axes)})${base}.`,
  ];
}

const valueIn = (view: SweepView, cell: CellResult): number | null =>
  followedIn(view, cell)?.metrics[view.results.best!.metric]?.value ?? null;

export const isLower = ({ pHolm, value }: AgainstBest): boolean =>
  pHolm !== null && pHolm < 0.05 && value !== null && value < 0;

/** How many of the cells can be told from the best. */
function apart(others: readonly CellResult[]): string[] {
  const tested = others.filter(({ againstBest }) => againstBest?.pHolm != null);
  if (tested.length === 0) return [];
  const lower = tested.filter(({ againstBest }) => isLower(againstBest!));
  const what = `${tested.length === others.length ? "the" : "those of the"} ${plural(tested.length, "other cell")}`;
  const how = "paired by question, Holm-adjusted p below 0.05";
  if (lower.length === 0)
    return [
      `None of ${what} is worse than that beyond chance (${how}): this sweep does not show which setting is best.`,
    ];
  const rest = tested.length - lower.length;
  const count = rest === 0 ? (lower.length === 1 ? "it" : "all") : String(lower.length);
  return [
    `Of ${what}, ${count} ${lower.length === 1 ? "is" : "are"} worse than that beyond chance (${how})${rest === 0 ? "." : `; ${rest} cannot be told from it.`}`,
  ];
}

const baselines = [
  { role: "continued", words: "continued VFT (further steps on the reference solutions alone)" },
  { role: "kept", words: "the VFT weights without any further training" },
] as const;

/** The followed method beside both baselines of its own cell; differences by themselves, not adjusted for many cells. */
function againstBaselines(view: SweepView): string[] {
  const { results, done: cells, summaries } = view;
  const { metric, label, method } = results.best!;
  return baselines.flatMap(({ role, words }) => {
    const known = cells.flatMap(({ cell }) => {
      const { comparisons = [] } = summaries.get(cell)?.methods.find(({ name }) => name === method) ?? {};
      const found = comparisons.find((comparison) => comparison.role === role)?.differences[metric];
      return found?.interval == null ? [] : [{ value: found.value ?? 0, interval: found.interval }];
    });
    if (known.length === 0) return [];
    const side = (sign: number): number =>
      known.filter(({ value, interval }) => Math.sign(value) === sign && !includes(interval, 0)).length;
    const all = known.map(({ value }) => value).sort((a, b) => a - b);
    return [
      `Against ${words}, ${label} has between ${points(all[0])} and ${points(all.at(-1))} points: clearly more (its own 95 % interval above 0) in ${side(1)}, clearly less in ${side(-1)} of ${plural(known.length, "cell")}.`,
    ];
  });
}

function sure({ results, done: cells, summaries, followed }: SweepView): string[] {
  const { best } = results;
  const others = cells.filter(
    ({ cell, methods }) => cell !== best?.cell && methods.some(({ name }) => name === followed?.name),
  );
  const isPaired = others.length > 0 && others.every(({ againstBest }) => againstBest?.p != null);
  const onTest = results.cells.some(({ split }) => split === "test");
  return [
    "Brackets and bars are 95 % intervals: they cover the choice of the questions, not that of the training run.",
    isPaired
      ? "All cells answer the same questions, so a difference between two of them is known better than their bars suggest: the table below tests it question by question."
      : "",
    best !== null && best.among > 1
      ? `The best of ${best.among} was picked after looking, which flatters it${onTest ? "; and it was picked on the test split, so that no unseen questions are left to confirm it (stages.evaluate.split: validation)" : ": confirm it on the test split with other seeds"}.`
      : "",
    seedsOf(cells, summaries),
  ].filter((sentence) => sentence !== "");
}

function seedsOf(cells: readonly CellResult[], summaries: SweepView["summaries"]): string {
  if (inAll(cells.map(({ seeds }) => seeds.join(", "))) === "")
    return "The cells have different seeds: what they differ in may be the seeds’ doing.";
  const count = cells[0]!.seeds.length;
  return count === 1
    ? "One seed was run: how far another training would move these numbers is not known."
    : `Numbers are means over ${count} seeds${bySeed(summaries.get(cells[0]!.cell)?.methods ?? [])}.`;
}
