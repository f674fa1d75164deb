/** What training did to a method: against the baselines, on other tasks, and in its own warnings. */
import { canonicalJson } from "../../../core/digest.ts";
import { decimal, points, pValue, range, signed } from "../../format.ts";
import type { Difference, MethodSummary } from "../../generated/report.ts";
import { testedAgainst } from "../../measure/paired-tests.ts";
import { holds, shownInterval } from "../../measure/verdicts.ts";
import { type Constraint, constraintOf } from "../../run/roles.ts";
import { includes } from "../../statistics/interval.ts";
import { against } from "../cells.ts";
import { inPoints } from "../methods.ts";
import { defineFinding } from "./catalogue.ts";
import type { MethodIn } from "./measurements.ts";

/** More than what the same number of further VFT steps gives, and than chance among as many methods? */
export const gainOverContinued = defineFinding({
  id: "gain-over-continued-vft",
  question: "Is there a gain over more plain fine-tuning?",
  numbers: ({ method, methods }: MethodIn) => {
    const comparison = against(method, "continued");
    const accuracy = comparison?.differences.accuracy;
    if (comparison === undefined || accuracy === undefined || accuracy.value === null) return undefined;
    const { value: difference, p, pHolm } = accuracy;
    const compared = testedAgainst(methods, "continued", "accuracy").length;
    const { low, high } = shownInterval(accuracy) ?? { low: null, high: null };
    const mcnemarP = comparison.mcnemar.length === 1 ? comparison.mcnemar[0]!.p : null;
    return {
      method,
      accuracy,
      isShown: holds(accuracy),
      evidence: { difference, low, high, mcnemarP, p, pHolm, compared },
    };
  },
  level: ({ isShown, evidence }) => (isShown ? (evidence.difference > 0 ? "fine" : "warning") : "note"),
  template: ({ method, accuracy, isShown, evidence: { mcnemarP, p, pHolm, compared, difference } }) => {
    const test = [
      p !== null && pValue(p, mcnemarP === null ? "sign-flip p" : "exact McNemar p"),
      compared > 1 && pHolm !== null && `${pValue(pHolm, "Holm-adjusted")} over ${compared} methods`,
    ].filter(Boolean);
    const numbers = `${inPoints(accuracy)}${test.length === 0 ? "" : `; test: ${test.join(", ")}`}`;
    const verdict = !isShown
      ? `the difference to continued VFT (${numbers}) is within the noise, so this run does not show that its loss has an effect on accuracy`
      : difference > 0
        ? `it gains over continued VFT (${numbers}) by more than the noise`
        : `it is worse than continued VFT (${numbers}) by more than the noise`;
    const caveat =
      isShown && accuracy.overSeeds === null ? "; one seed shows nothing of the spread between runs" : "";
    return `${method.label}: ${verdict}${caveat}.`;
  },
});

const trainingSettings = ({
  settings: { train = {}, start },
}: MethodSummary): [name: string, value: unknown][] =>
  Object.entries({ ...(train as object), ...(start === "base" ? { start } : {}) });

const settingsText = (method: MethodSummary): string =>
  trainingSettings(method)
    .map(([key, value]) => `${key} ${typeof value === "object" ? canonicalJson(value) : value}`)
    .join(", ") || "the common settings";

/** The baseline is fair to a method that trains as it does. */
export const unequalTraining = defineFinding({
  id: "unequal-training",
  question: "Is the baseline fair to every method?",
  numbers: ({ method, methods }: MethodIn) => {
    const continued = methods.find(({ role }) => role === "continued");
    const settings = (summary: MethodSummary): string =>
      canonicalJson(Object.fromEntries(trainingSettings(summary)));
    if (continued === undefined || settings(method) === settings(continued)) return undefined;
    return { method, continued, evidence: {} };
  },
  level: "warning",
  template: ({ method, continued }) =>
    `${method.label} trains with ${settingsText(method)}, ${continued.label} with ${settingsText(continued)}: their difference is that of both, the method and the training.`,
});

/** Assessment accuracy up while accuracy goes down: the model has learnt to tell COTs apart at the cost of writing them. */
export const overfitToAssessing = defineFinding({
  id: "overfit-to-assessing",
  question: "Over-fitted to assessing: does assessment accuracy rise while accuracy falls?",
  numbers: ({ method }: MethodIn) => {
    const { assessmentMicro: assessment, accuracy } = against(method, "kept")?.differences ?? {};
    if (assessment?.value == null || accuracy?.value == null) return undefined;
    return {
      method,
      assessment,
      accuracy,
      isOpposed: assessment.value > 0 && accuracy.value < 0,
      isLost: accuracy.value < 0 && holds(accuracy),
      evidence: { assessmentDifference: assessment.value, accuracyDifference: accuracy.value },
    };
  },
  level: ({ isOpposed, isLost, assessment }) =>
    isOpposed && isLost && holds(assessment) ? "warning" : isOpposed || isLost ? "note" : "fine",
  template: ({ method, assessment, accuracy, isOpposed, isLost }) => {
    const numbers = `assessment accuracy ${inPoints(assessment)}, accuracy ${inPoints(accuracy)} against VFT`;
    const verdict =
      isOpposed && isLost && holds(assessment)
        ? "it has over-fitted to assessing: it tells right from wrong better and answers worse"
        : !isOpposed && !isLost
          ? "no over-fitting to assessing"
          : isLost
            ? `it answers worse, and ${isOpposed ? "whether it assesses better is within the noise" : "does not assess better either"}: no over-fitting to assessing, but harm`
            : "assessment accuracy went up and accuracy down, though the loss of accuracy is within the noise";
    return `${method.label}: ${verdict} (${numbers}).`;
  },
});

const isAbove = ({ interval }: Difference): boolean => interval !== null && interval.low > 0;

/** Why right COTs become less likely, by what holds the wrong ones back. */
const causes: Partial<Record<Constraint, string>> = {
  none: "without a constraint, pushing wrong ones down drags right COTs with them",
  boundary:
    "beta may be too small (wrong COTs are pulled up) or too large (they sink as without a constraint), or the weight too high: a sweep over beta tells",
};

/** Perplexity of right COTs up: the constraint is too strong, or there is none, and good text has become unlikely. */
export const positivesLessLikely = defineFinding({
  id: "positives-less-likely",
  question: "Did right COTs become less likely?",
  numbers: ({ method }: MethodIn) => {
    const difference = against(method, "kept")?.differences.perplexityPositive;
    if (difference?.value == null) return undefined;
    // More training alone may do it: what the method adds is what it has more than continued VFT.
    const added = against(method, "continued")?.differences.perplexityPositive;
    return {
      method,
      difference,
      isUp: isAbove(difference),
      isMore: added?.value == null || isAbove(added),
      evidence: { perplexity: method.metrics.perplexityPositive.value, difference: difference.value },
    };
  },
  level: ({ isUp, isMore, evidence }) =>
    isUp ? (isMore ? "warning" : "note") : evidence.difference > 0 ? "note" : "fine",
  template: ({ method, difference, isUp, isMore, evidence }) => {
    const cause = causes[constraintOf(method) ?? "detached"];
    const verdict = isUp
      ? isMore
        ? `right COTs have become less likely${cause === undefined ? "" : `; ${cause}`}`
        : "right COTs have become less likely, but not clearly more so than with continued VFT"
      : evidence.difference > 0
        ? "right COTs became slightly less likely, within the noise"
        : "right COTs have not become less likely";
    const change = `${signed(difference.value)} ${range(difference.interval, signed)}`.trimEnd();
    const isUnsure = isUp && difference.overSeeds !== null && includes(difference.overSeeds, 0);
    const caveat = isUnsure ? "; the seeds lie too far apart to say so of others" : "";
    return `${method.label}: ${verdict} (perplexity of right COTs ${decimal(evidence.perplexity)}, ${change} against VFT${caveat}).`;
  },
});

/** Does what a method learned cost it on tasks that it was not trained on? Against the weights that it starts from. */
export const outOfDistribution = defineFinding({
  id: "out-of-distribution",
  question: "Did other tasks suffer?",
  numbers: ({ method, tasks }: MethodIn) => {
    const changes = tasks
      .filter(({ use }) => use === "evaluate")
      .flatMap(({ name: task, methods }) => {
        const measured = methods.find(({ name }) => name === method.name);
        const difference = against(measured, "kept")?.differences.accuracy;
        return difference === undefined || difference.value === null
          ? []
          : [{ ...difference, task, value: difference.value }];
      });
    if (changes.length === 0) return undefined;
    const clear = (sign: number): string[] =>
      changes.filter((change) => holds(change) && Math.sign(change.value) === sign).map(({ task }) => task);
    const evidence = Object.fromEntries(changes.map(({ task, value }) => [task, value]));
    return { method, changes, lost: clear(-1), won: clear(1), evidence };
  },
  level: ({ lost, won }) => (lost.length > 0 ? "warning" : won.length > 0 ? "fine" : "note"),
  template: ({ method, changes, lost, won }) => {
    const numbers = changes
      .map((change) =>
        `${change.task} ${points(change.value)} ${range(shownInterval(change), points)}`.trimEnd(),
      )
      .join(", ");
    const verdict =
      lost.length > 0
        ? `it has lost on ${lost.join(", ")} by more than the noise`
        : won.length > 0
          ? `it has gained on ${won.join(", ")} by more than the noise and lost nothing clear`
          : "no change is more than the noise";
    return `${method.label}: on tasks that it was not trained on ${verdict} (accuracy in points against VFT: ${numbers}).`;
  },
});

const nameOf = (warning: { kind?: string | undefined; text: string }): string => warning.kind ?? warning.text;

/** One finding a method: each kind of warning in the words of its first seed. */
export const warnedWhileTraining = defineFinding({
  id: "warned-while-training",
  question:
    "What was warned of while training? (Each seed by itself, on few questions: the findings above go by all of them)",
  numbers: ({ method, training }: MethodIn) => {
    const warnings = training
      .filter((arm) => arm.method === method.name)
      .flatMap(({ seed, warnings: ofSeed = [] }) => ofSeed.map((warning) => ({ seed, ...warning })));
    if (warnings.length === 0) return undefined;
    const firstStep = Math.min(...warnings.map(({ step }) => step));
    return { method, warnings, evidence: { warnings: warnings.length, firstStep } };
  },
  level: "warning",
  template: ({ method, warnings }) => {
    const kinds = new Set(warnings.map(nameOf));
    const inWords = [...kinds].map((name) => {
      const [first, ...others] = warnings.filter((warning) => nameOf(warning) === name);
      const likewise = others.map(({ seed, step }) => `seed ${seed} at step ${step}`).join(", ");
      return `seed ${first!.seed}, step ${first!.step}: ${first!.text}${likewise && ` – likewise ${likewise}`}`;
    });
    return `${method.label}: ${inWords.join("; ")}.`;
  },
});
