/** The report in plain words: what was done, what came out, how sure that is. Every number is one of the tables'. */

import { ablationOf, constraintEffects } from "../features/ablation/numbers.ts";
import { holds, testedAgainst } from "../measure/paired-tests.ts";
import { percent, plural, points, range, whole } from "./format.ts";
import { misalignment, told } from "./misalignment.ts";
import type { MethodSummary, RunSummary } from "./schema.ts";

export interface Part {
  heading: string;
  sentences: string[];
  /** What follows the sentences, item by item. */
  list?: string[];
}

/** Empty where no method was evaluated. */
export const inShort = (summary: RunSummary): Part[] =>
  summary.methods.length === 0
    ? []
    : [
        { heading: "What was done", sentences: done(summary) },
        { heading: "What came out", sentences: found(summary) },
        { heading: "How sure it is", sentences: sure(summary) },
      ];

function done(summary: RunSummary): string[] {
  const { methods, seeds, tasks, split } = summary;
  const own = methods.filter(isAligned);
  const first = methods[0]!;
  const test = askedIn(first);
  return [
    ...startOf(summary),
    taughtBy(summary),
    isUntouched(methods)
      ? "Here it is measured as it is: nothing was trained further."
      : `${plural(methods.length, "way")} of going on from there ${methods.length === 1 ? "is" : "are"} compared${own.length === 0 ? "" : `, ${own.length === methods.length ? "all" : own.length} of them learning from the model’s own solutions`}.`,
    `${methods.length === 1 ? "It" : "Each"} was measured on ${plural(test, `${split} question`)}${tasks.length > 1 ? " of the trained tasks" : ""} that it was not trained on, with ${plural(seeds.length, "seed")}${seeds.length > 1 && methods.length > 1 ? " each" : ""}.`,
  ].filter((sentence) => sentence !== "");
}

/** How much there is to learn from; nothing where nothing was sampled to train on. */
export function taughtBy({ trainGroups, seeds, methods }: RunSummary): string {
  const groups = trainGroups[0];
  if (groups === undefined) return "";
  const share = groups.groups === 0 ? null : groups.withPair / groups.groups;
  return `${methods.some(isAligned) ? "Alignment learns from" : "It gave"} ${plural(groups.candidates, "sampled solution")} to ${plural(groups.groups, "training question")}${seeds.length > 1 ? " (first seed)" : ""}; ${whole(groups.withPair)} of these questions (${percent(share)} %) got both right and wrong ones, from which a method can learn to tell them apart.`;
}

/** The model that all goes on from, what it was trained on, and what a question is like. */
export function startOf({ provenance, prompts, tasks }: RunSummary): string[] {
  const model = provenance?.model ?? provenance?.base;
  const questions = provenance?.vftQuestions ?? 0;
  const example = tasks.length < 2 ? prompts?.[0]?.first.trim() : undefined;
  return [
    `A language model${model === undefined ? "" : ` (${model})`} was trained on ${questions === 0 ? "" : `${whole(questions)} `}worked solutions (VFT).`,
    example === undefined || example.length > longestExample ? "" : `A question reads: “${example}”`,
  ];
}

/** A longer question would hide what was done with it; the record has it in full. */
const longestExample = 240;

function found(summary: RunSummary): string[] {
  const { methods } = summary;
  const continued = methods.find(({ role }) => role === "continued");
  const kept = methods.find(({ role }) => role === "kept");
  const own = methods.filter(isAligned);
  const best = highest(own, "accuracy");
  const baseline = continued ?? kept;
  if (own.length === 0 || baseline === undefined)
    return [
      ...(kept === undefined ? [] : misalignment(summary, kept)),
      ...methods
        .filter(({ metrics }) => metrics.accuracy.value !== null)
        .map(
          ({ label, metrics }) =>
            `${label}: one greedy answer is right for ${told(metrics.accuracy)} of the questions.`,
        ),
    ];
  const further = furtherTraining(summary);
  return [
    ...(continued === undefined || best === undefined
      ? []
      : [gains(own, further), ...verdict(summary, "accuracy", "greedy accuracy")]),
    best === undefined
      ? ""
      : `Of the methods that learn from the model’s own solutions, ${best.label} answers most questions rightly (greedy decoding): ${told(best.metrics.accuracy)}, against ${told(baseline.metrics.accuracy)} of ${baseline.label}${continued === undefined ? "" : `, ${further}`}${continued === undefined || kept === undefined ? "" : `, and ${told(kept.metrics.accuracy)} of ${kept.label}, without any`}.`,
    ...(continued === undefined ? [] : verdict(summary, "sampledAccuracy", "the accuracy of single samples")),
    constraintEffects(ablationOf(summary) ?? []),
    ...(kept === undefined ? [] : misalignment(summary, kept)),
    ...assessing(own, baseline),
    ...(best === undefined ? [] : votes(summary, best)),
  ].filter((sentence) => sentence !== "");
}

/** What continued VFT is; it takes as many steps as the methods only where none has settings of its own. */
export const furtherTraining = ({ diagnostics }: Pick<RunSummary, "diagnostics">): string =>
  diagnostics.some(({ id }) => id === "unequal-training")
    ? "further steps of plain fine-tuning"
    : "the same number of further steps of plain fine-tuning";

/** How many questions a method was asked, by whichever number is over questions. */
export const askedIn = ({ metrics }: MethodSummary): number =>
  metrics.accuracy.perSeed[0]?.n || metrics.majority.perSeed[0]?.n || 0;

/** The answer to the question that one asks first. */
function gains(own: readonly MethodSummary[], further: string): string {
  const better = own.filter(({ comparisons }) => {
    const accuracy = comparisons.find(({ role }) => role === "continued")?.differences.accuracy;
    return accuracy !== undefined && holds(accuracy) && (accuracy.value ?? 0) > 0;
  });
  return better.length === 0
    ? `No method that learns from the model’s own solutions gave clearly better greedy answers than continued VFT, ${further}.`
    : `${plural(better.length, "method")} of ${own.length} that learn from the model’s own solutions gave clearly better greedy answers than continued VFT, ${further}.`;
}

/** So many methods are named in a sentence; the tables have all. */
const mostNamed = 4;

/** Which methods differ from continued VFT after the adjustment for many, and how the others stand. */
function verdict(summary: RunSummary, metric: "accuracy" | "sampledAccuracy", what: string): string[] {
  const compared = summary.methods.flatMap(({ label, comparisons }) => {
    const difference = comparisons.find(({ role }) => role === "continued")?.differences[metric];
    return difference === undefined || difference.p === null ? [] : [{ label, difference }];
  });
  if (compared.length === 0) return [];
  const differing = compared.filter(({ difference }) => holds(difference));
  const side = (name: string, sign: number): string[] => {
    const all = differing
      .filter(({ difference }) => Math.sign(difference.value ?? 0) === sign)
      .sort((a, b) => Math.abs(b.difference.value!) - Math.abs(a.difference.value!));
    if (all.length === 0) return [];
    // One that is left over is named, too: it takes no more room than its number.
    const shown = all.length === mostNamed + 1 ? all.length : mostNamed;
    const named = all
      .slice(0, shown)
      .map(
        ({ label, difference }) =>
          `${label} (${points(difference.value)} points ${range(difference.interval, points)})`,
      );
    const more = all.length > shown ? ` and ${plural(all.length - shown, "other")}` : "";
    return [`${name} than continued VFT beyond chance: ${named.join(", ")}${more}`];
  };
  const measure = `Holm-adjusted p below 0.05${summary.seeds.length > 1 ? ", and an interval over the seeds without 0" : ""}`;
  if (differing.length === 0)
    return [
      `In ${what} none of the ${plural(compared.length, "method")} compared differs from continued VFT by more than chance explains (${measure}).`,
    ];
  const rest = compared.length - differing.length;
  return [
    `In ${what}, ${[...side("better", 1), ...side("worse", -1)].join("; ")} (${measure})${rest === 0 ? "" : "; the others cannot be told from it"}.`,
  ];
}

function assessing(own: readonly MethodSummary[], baseline: MethodSummary): string[] {
  const best = highest(own, "assessmentMicro");
  const before = baseline.metrics.assessmentMicro;
  // Of too few questions for an interval there is nothing to say.
  if (best === undefined || !before.interval || !best.metrics.assessmentMicro.interval) return [];
  const difference = best.comparisons.find(({ role }) => role === baseline.role)?.differences.assessmentMicro;
  const by =
    difference === undefined
      ? ""
      : `: ${points(difference.value)} points ${range(difference.interval, points)}, ${holds(difference) ? "more than chance explains" : "no clear difference"}`;
  return [
    `${best.label} tells right from wrong best: it scores the right one of two solutions higher in ${told(best.metrics.assessmentMicro)} of the pairs, ${baseline.label} in ${told(before)}${by}.`,
  ];
}

/** One answer of each kind beside the vote: whatever beats it may owe that to greedy decoding alone. */
function votes({ selfConsistency, methods }: RunSummary, best: MethodSummary): string[] {
  const base = methods.find(({ name }) => name === selfConsistency?.baseline);
  if (base === undefined || base.metrics.majority.value === null) return [];
  return [
    `A vote of ${selfConsistency!.k} samples of ${base.label}, at ${selfConsistency!.k} times the cost of an answer, is right for ${told(base.metrics.majority)}; one greedy answer of ${base.label} for ${percent(base.metrics.accuracy.value)} %, of ${best.label} for ${percent(best.metrics.accuracy.value)} %.`,
  ];
}

function sure(summary: RunSummary): string[] {
  const { seeds, methods, split } = summary;
  const compared = testedAgainst(methods, "continued", "accuracy");
  const widths = compared
    .flatMap(({ interval }) => (interval === null ? [] : [(interval.high - interval.low) / 2]))
    // An interval of width 0 is that of two methods that answered alike: it says nothing of others.
    .filter((width) => width > 0)
    .sort((a, b) => a - b);
  const middle = widths[Math.floor((widths.length - 1) / 2)];
  return [
    `Brackets are 95 % intervals: they cover the choice of the ${split} questions, not that of the training run.`,
    middle === undefined
      ? ""
      : `Half of the differences in greedy accuracy are known to ±${points(middle).replace("+", "")} points or better.`,
    seeds.length === 1
      ? `One seed was run, so nothing is known of how much another training would change${methods.length > 1 ? "; a difference here may be that of a lucky or an unlucky one" : ""}.`
      : `${plural(seeds.length, "seed")} were run${bySeed(methods)}. The tests speak of other questions, the spread over seeds of other trainings, and a result should hold for both.`,
    compared.length > 1
      ? `The best of ${methods.filter(isAligned).length} methods was picked after looking; p is therefore adjusted for all ${compared.length} comparisons (Holm).`
      : "",
    "The paper’s numbers stand beside ours for orientation: they are of other, far larger models and other data.",
  ].filter((sentence) => sentence !== "");
}

/** How far the seeds lie apart, by the model before any method or else by the first one. */
export function bySeed(methods: readonly MethodSummary[]): string {
  const start = methods.find(({ role }) => role === "kept") ?? methods[0];
  const perSeed = start?.metrics.accuracy.perSeed ?? [];
  const values = perSeed.map(({ value }) => percent(value));
  return start === undefined || perSeed.some(({ value }) => value === null)
    ? ""
    : `; greedy accuracy of ${start.label} by seed: ${values.join(", ")} %`;
}

/** The VFT weights alone. */
export const isUntouched = (methods: readonly MethodSummary[]): boolean =>
  methods.every(({ role }) => role === "kept");

const isAligned = ({ role }: MethodSummary): boolean => role !== "kept" && role !== "continued";

const highest = (methods: readonly MethodSummary[], name: "accuracy" | "assessmentMicro") =>
  methods
    .filter(({ metrics }) => metrics[name].value !== null)
    .reduce<MethodSummary | undefined>(
      (best, one) =>
        best === undefined || one.metrics[name].value! > best.metrics[name].value! ? one : best,
      undefined,
    );
