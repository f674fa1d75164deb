import { canonicalJson } from "../../../core/digest.ts";
import { testedAgainst } from "../../measure/paired-tests.ts";
import { decimal, percent, points, pValue, range, signed } from "../../report/format.ts";
import { type Constraint, constraintOf } from "../../report/roles.ts";
import type { Comparison, Diagnostic, Difference, MethodSummary, RunSummary } from "../../report/schema.ts";
import { includes } from "../../statistics/interval.ts";
import { outOfDistribution } from "../../taskDiagnostics.ts";
import { warnedWhileTraining } from "../../trainingDiagnostics.ts";
import { notInForm, stepsAndAnswers, unreadable } from "./answers.ts";

type TrainGroups = RunSummary["trainGroups"];

/** The share above which a finding becomes a warning; a habit of the field, not a result. */
const manyGroupsWithoutPair = 0.5;

/** What the numbers say in words. Each finding carries the numbers it rests on. */
export function diagnose(
  methods: readonly MethodSummary[],
  trainGroups: TrainGroups,
  training: RunSummary["training"] = [],
  tasks: RunSummary["tasks"] = [],
): Diagnostic[] {
  const trained = methods.filter(({ role }) => role !== "kept");
  const compared = testedAgainst(methods, "continued", "accuracy").length;
  return [
    ...trained.map((method) => gain(method, compared)),
    ...unequalTraining(trained),
    ...trained.map(overfitToAssessing),
    ...trained.map(positivesLessLikely),
    ...trained.flatMap((method) => outOfDistribution(method, tasks)),
    ...warnedWhileTraining(trained, training),
    ...withoutPair(trainGroups),
    ...stepsAndAnswers(methods, trainGroups),
    ...methods.flatMap((method) => notInForm(method, tasks)),
    ...methods.flatMap(unreadable),
  ].filter((one) => one !== null);
}

const against = (method: MethodSummary, role: Comparison["role"]): Comparison | undefined =>
  method.comparisons.find((comparison) => comparison.role === role);

const inPoints = (difference: Difference): string =>
  `${points(difference.value)} points ${range(difference.interval, points)}`.trimEnd();

/** Is the gain more than what the same number of further VFT steps gives, and than chance among as many methods? */
function gain(method: MethodSummary, compared: number): Diagnostic | null {
  const comparison = against(method, "continued");
  const accuracy = comparison?.differences.accuracy;
  if (comparison === undefined || accuracy === undefined || accuracy.value === null) return null;
  const { low, high } = accuracy.interval ?? { low: null, high: null };
  const { p, pHolm } = accuracy;
  const mcnemarP = comparison.mcnemar.length === 1 ? comparison.mcnemar[0]!.p : null;
  const tests = [
    inPoints(accuracy),
    p !== null && pValue(p, mcnemarP === null ? "sign-flip p" : "exact McNemar p"),
    compared > 1 && pHolm !== null && `${pValue(pHolm, "Holm-adjusted p")} over ${compared} methods`,
  ];
  const numbers = tests.filter(Boolean).join(", ");
  const byChance = accuracy.clear && pHolm !== null && pHolm >= 0.05;
  const shown = accuracy.clear && !byChance;
  const verdict = byChance
    ? `taken alone the difference to continued VFT (${numbers}) is more than the noise, but among ${compared} comparisons one like it can come by chance`
    : !shown
      ? `the difference to continued VFT (${numbers}) is within the noise, so this run does not show that its loss has an effect on accuracy`
      : accuracy.value > 0
        ? `it gains over continued VFT (${numbers}) by more than the noise`
        : `it is worse than continued VFT (${numbers}) by more than the noise`;
  const caveat =
    shown && accuracy.overSeeds === null ? "; one seed shows nothing of the spread between runs" : "";
  return {
    id: "gain-over-continued-vft",
    level: shown ? (accuracy.value > 0 ? "fine" : "warning") : "note",
    method: method.name,
    text: `${method.label}: ${verdict}${caveat}.`,
    evidence: { difference: accuracy.value, low, high, mcnemarP, p, pHolm, compared },
  };
}

/** The baseline is fair to a method that trains as it does. */
function unequalTraining(methods: readonly MethodSummary[]): Diagnostic[] {
  const continued = methods.find(({ role }) => role === "continued");
  if (continued === undefined) return [];
  const own = ({ settings: { train = {}, start } }: MethodSummary) =>
    Object.entries({ ...(train as Record<string, unknown>), ...(start === "base" ? { start } : {}) });
  const same = (method: MethodSummary): boolean =>
    canonicalJson(Object.fromEntries(own(method))) === canonicalJson(Object.fromEntries(own(continued)));
  return methods
    .filter((method) => method !== continued && !same(method))
    .map((method) => {
      const told = (one: MethodSummary): string =>
        own(one)
          .map(([key, value]) => `${key} ${typeof value === "object" ? canonicalJson(value) : value}`)
          .join(", ") || "the common settings";
      return {
        id: "unequal-training",
        level: "warning",
        method: method.name,
        text: `${method.label} trains with ${told(method)}, ${continued.label} with ${told(continued)}: their difference is that of both, the method and the training.`,
        evidence: {},
      };
    });
}

/** AAccuracy up while accuracy goes down: the model has learnt to tell COTs apart at the cost of writing them. */
function overfitToAssessing(method: MethodSummary): Diagnostic | null {
  const differences = against(method, "kept")?.differences;
  const assessment = differences?.assessmentMicro;
  const accuracy = differences?.accuracy;
  if (assessment?.value == null || accuracy?.value == null) return null;
  const numbers = `assessment accuracy ${inPoints(assessment)}, accuracy ${inPoints(accuracy)} against VFT`;
  const opposed = assessment.value > 0 && accuracy.value < 0;
  const lost = accuracy.value < 0 && accuracy.clear;
  const level = opposed && lost && assessment.clear ? "warning" : opposed || lost ? "note" : "fine";
  const verdict =
    level === "warning"
      ? "it has over-fitted to assessing: it tells right from wrong better and answers worse"
      : level === "fine"
        ? "no over-fitting to assessing"
        : lost
          ? `it answers worse, and ${opposed ? "whether it assesses better is within the noise" : "does not assess better either"}: no over-fitting to assessing, but harm`
          : "assessment accuracy went up and accuracy down, though the loss of accuracy is within the noise";
  return {
    id: "overfit-to-assessing",
    level,
    method: method.name,
    text: `${method.label}: ${verdict} (${numbers}).`,
    evidence: { assessmentDifference: assessment.value, accuracyDifference: accuracy.value },
  };
}

/** Perplexity of right COTs up: the constraint is too strong, or there is none, and good text has become unlikely. */
function positivesLessLikely(method: MethodSummary): Diagnostic | null {
  const perplexity = against(method, "kept")?.differences.perplexityPositive;
  if (perplexity?.value == null) return null;
  const change = `${signed(perplexity.value)} ${range(perplexity.interval, signed)}`.trimEnd();
  const up = isAbove(perplexity);
  // More training alone may do it: what the method adds is what it has more than continued VFT.
  const added = against(method, "continued")?.differences.perplexityPositive;
  const more = added?.value == null || isAbove(added);
  const unsure = up && perplexity.overSeeds !== null && includes(perplexity.overSeeds, 0);
  const level = !up ? (perplexity.value > 0 ? "note" : "fine") : more ? "warning" : "note";
  const causes: Partial<Record<Constraint, string>> = {
    none: "without a constraint, pushing wrong ones down drags right COTs with them",
    boundary:
      "beta may be too small (wrong COTs are pulled up) or too large (they sink as without a constraint), or the weight too high: a sweep over beta tells",
  };
  const cause = causes[constraintOf(method) ?? "detached"];
  const verdict =
    level === "warning"
      ? `right COTs have become less likely${cause === undefined ? "" : `; ${cause}`}`
      : level === "fine"
        ? "right COTs have not become less likely"
        : up
          ? "right COTs have become less likely, but not clearly more so than with continued VFT"
          : "right COTs became slightly less likely, within the noise";
  const now = method.metrics.perplexityPositive.value;
  const caveat = unsure ? "; the seeds lie too far apart to say so of others" : "";
  return {
    id: "positives-less-likely",
    level,
    method: method.name,
    text: `${method.label}: ${verdict} (perplexity of right COTs ${decimal(now)}, ${change} against VFT${caveat}).`,
    evidence: { perplexity: now, difference: perplexity.value },
  };
}

const isAbove = ({ interval }: Difference): boolean => interval !== null && interval.low > 0;

/** Groups that teach the alignment loss nothing, because one side is missing. */
function withoutPair(trainGroups: TrainGroups): Diagnostic[] {
  const groups = sum(trainGroups, "groups");
  if (groups === 0) return [];
  const without = groups - sum(trainGroups, "withPair");
  const noPositive = sum(trainGroups, "withoutPositive");
  const noNegative = sum(trainGroups, "withoutNegative");
  const share = without / groups;
  return [
    {
      id: "groups-without-pair",
      level: share > manyGroupsWithoutPair ? "warning" : "note",
      text:
        `${percent(share)} % of the training questions (${without.toLocaleString("en-US")} of ${groups.toLocaleString("en-US")}) have no pair ` +
        `of a right and a wrong COT: nothing can be learnt from them about which is better. ${noPositive.toLocaleString("en-US")} without a right one, ` +
        `${noNegative.toLocaleString("en-US")} without a wrong one.`,
      evidence: { groups, withoutPair: without, withoutPositive: noPositive, withoutNegative: noNegative },
    },
  ];
}

const sum = (groups: TrainGroups, field: keyof TrainGroups[number] & string): number =>
  groups.reduce((total, group) => total + (group[field] as number), 0);
