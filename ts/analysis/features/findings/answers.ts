/** What the texts themselves are like: their steps beside their answers, and whether an answer can be read at all. */

import { percent, points, whole } from "../../format.ts";
import type { MethodSummary, RunSummaryAnswer } from "../../generated/report.ts";
import { defineFinding } from "./catalogue.ts";
import type { Measurements, MethodIn } from "./measurements.ts";

/** Shares above which a finding becomes a warning; they are habits of the field, not results. */
const most = { withoutPair: 0.5, otherSteps: 0.05, unreadable: 0.05, unparsed: 0.05 };
/** A difference between the two rules of extraction that is worth a word. */
const fewPoints = 0.03;

type TrainGroups = Measurements["trainGroups"][number];

const sumOf = (
  groups: readonly TrainGroups[],
  field: Exclude<keyof TrainGroups, "counts" | "labelledBySteps">,
) => groups.reduce((total, group) => total + group[field], 0);

/** Groups that teach the alignment loss nothing, because one side is missing. */
export const groupsWithoutPair = defineFinding({
  id: "groups-without-pair",
  question: "How much of the training data can align?",
  numbers: ({ trainGroups }: Measurements) => {
    const groups = sumOf(trainGroups, "groups");
    const withoutPair = groups - sumOf(trainGroups, "withPair");
    const withoutPositive = sumOf(trainGroups, "withoutPositive");
    const withoutNegative = sumOf(trainGroups, "withoutNegative");
    return groups === 0 ? undefined : { evidence: { groups, withoutPair, withoutPositive, withoutNegative } };
  },
  level: ({ evidence }) => (evidence.withoutPair / evidence.groups > most.withoutPair ? "warning" : "note"),
  template: ({ evidence: { groups, withoutPair, withoutPositive, withoutNegative } }) =>
    `${percent(withoutPair / groups)} % of the training questions (${whole(withoutPair)} of ${whole(groups)}) have no pair ` +
    `of a right and a wrong COT: nothing can be learnt from them about which is better. ${whole(withoutPositive)} without a right one, ` +
    `${whole(withoutNegative)} without a wrong one.`,
});

/** Samples whose steps were checked: those that are trained on, or a method's own on the test questions. */
interface Checked
  extends Pick<
    MethodSummary["counts"],
    "rightAnswers" | "rightAnswersWrongSteps" | "wrongAnswers" | "wrongAnswersRightSteps"
  > {
  label: string;
  /** Of training samples undefined. */
  method?: Pick<MethodSummary, "name">;
  /** A right answer by wrong steps counts as wrong. */
  isLabelledBySteps: boolean;
}

export const checkedSamples = ({ methods, trainGroups }: Measurements): Checked[] => [
  {
    label: "Training samples",
    isLabelledBySteps: trainGroups.some(({ labelledBySteps }) => labelledBySteps),
    rightAnswers: sumOf(trainGroups, "rightAnswers"),
    rightAnswersWrongSteps: sumOf(trainGroups, "rightAnswersWrongSteps"),
    wrongAnswers: sumOf(trainGroups, "wrongAnswers"),
    wrongAnswersRightSteps: sumOf(trainGroups, "wrongAnswersRightSteps"),
  },
  ...methods.map((method) => ({ ...method.counts, label: method.label, method, isLabelledBySteps: false })),
];

/** Labels by the final answer call a lucky COT good. */
export const rightByWrongSteps = defineFinding({
  id: "right-by-wrong-steps",
  question: "Right answers by wrong steps",
  numbers: ({ rightAnswers, rightAnswersWrongSteps: byWrongSteps, ...samples }: Checked) =>
    rightAnswers === 0
      ? undefined
      : {
          ...samples,
          areMany: byWrongSteps / rightAnswers > most.otherSteps && !samples.isLabelledBySteps,
          evidence: { rightAnswers, byWrongSteps },
        },
  // Training goes by the labels of the training samples; a method's own samples only tell how it answers.
  level: ({ areMany, method }) => (areMany ? (method === undefined ? "warning" : "note") : "fine"),
  template: ({ label, method, areMany, isLabelledBySteps, evidence: { rightAnswers, byWrongSteps } }) => {
    const verdict = isLabelledBySteps
      ? " and count as wrong"
      : areMany && method === undefined
        ? ", more than 5 %, so labels by the final answer are noisy here"
        : "";
    return `${label}: ${percent(byWrongSteps / rightAnswers)} % of the right answers (${whole(byWrongSteps)} of ${whole(rightAnswers)} samples) were reached by wrong steps${verdict}.`;
  },
});

/** And one that slips at its end bad. A note only: a check of steps sees false equations, not every false thought. */
export const wrongByRightSteps = defineFinding({
  id: "wrong-by-right-steps",
  question: "Wrong answers by right steps",
  numbers: ({ wrongAnswers, wrongAnswersRightSteps: withRightSteps, ...samples }: Checked) =>
    wrongAnswers === 0
      ? undefined
      : {
          ...samples,
          areMany: withRightSteps / wrongAnswers > most.otherSteps,
          evidence: { wrongAnswers, withRightSteps },
        },
  level: ({ areMany }) => (areMany ? "note" : "fine"),
  template: ({ label, areMany, evidence: { wrongAnswers, withRightSteps } }) =>
    `${label}: in ${percent(withRightSteps / wrongAnswers)} % of the wrong answers (${whole(withRightSteps)} of ${whole(wrongAnswers)} samples) the check of the steps finds no error${areMany ? ": the slip is in the answer itself or in what the check cannot see, and the whole COT counts as wrong for it" : ""}.`,
});

/** Answers that one rule of extraction finds and the other does not, on one task or on some of several. */
export const notInForm = defineFinding({
  id: "answers-not-in-form",
  question: "Answers that are there but not in the asked form",
  numbers: ({ method, tasks }: MethodIn) => {
    const places =
      tasks.length < 2
        ? [{ on: "", byMode: method.byMode }]
        : tasks.map(({ name, methods }) => ({
            on: `on ${name} `,
            byMode: methods.find((measured) => measured.name === method.name)?.byMode,
          }));
    const known = places.flatMap(({ on, byMode }) => {
      const [strict, flexible] = [byMode?.strict.value ?? null, byMode?.flexible.value ?? null];
      return strict === null || flexible === null ? [] : [{ on, strict, flexible }];
    });
    return [1, -1].flatMap((sign) => {
      const differing = known.filter(({ strict, flexible }) => sign * (flexible - strict) > fewPoints);
      const [first] = differing;
      if (first === undefined) return [];
      return {
        method,
        differing,
        isStrictLower: sign > 0,
        evidence: { strict: first.strict, flexible: first.flexible },
      };
    });
  },
  level: ({ isStrictLower }) => (isStrictLower ? "warning" : "note"),
  template: ({ method, differing, isStrictLower }) => {
    const numbers = differing.map(
      ({ on, strict, flexible }) =>
        `${on}${percent(flexible)} % by the flexible rule and ${percent(strict)} % by the strict one (${points(flexible - strict)} points)`,
    );
    const verdict = isStrictLower
      ? "answers are there but not in the asked form, so strict accuracy is partly a measure of form"
      : "the texts go on after their answer, and the flexible rule takes something else for it";
    return `${method.label}: right are ${numbers.join(", ")}; ${verdict}.`;
  },
});

export const unreadable = defineFinding({
  id: "unreadable-output",
  question: "Outputs without a readable answer",
  numbers: ({ method }: MethodIn) => {
    const { questions, greedyWithoutAnswer, greedyCutOff } = method.counts;
    const [withoutAnswer, cutOff] = [greedyWithoutAnswer / questions, greedyCutOff / questions];
    return questions === 0 || Math.max(withoutAnswer, cutOff) <= most.unreadable
      ? undefined
      : { method, evidence: { withoutAnswer, cutOff } };
  },
  level: "warning",
  template: ({ method, evidence: { withoutAnswer, cutOff } }) =>
    `${method.label}: ${percent(withoutAnswer)} % of the greedy outputs hold no answer that could be read and ${percent(cutOff)} % were cut off at the length limit; they count as wrong.`,
});

/** A verifier that does not understand answers calls right solutions wrong, and a model is trained by it. */
export const unparsed = defineFinding({
  id: "unparsed-answers",
  question: "Answers that the rule does not understand",
  numbers: ({ label, method, examples, partlyRead, unparsed, ...others }: RunSummaryAnswer) => {
    const texts =
      unparsed + others.right + others.wrong + others.ambiguous + others.notStated + others.notJudged;
    const notUnderstood = unparsed + partlyRead;
    return texts === 0 || notUnderstood === 0
      ? undefined
      : {
          label,
          method: method === undefined ? undefined : { name: method },
          said: examples.map(({ stated }) => stated).slice(0, 3),
          evidence: { texts, notUnderstood },
        };
  },
  level: ({ evidence: { texts, notUnderstood } }) =>
    notUnderstood / texts > most.unparsed ? "warning" : "note",
  template: ({ label, method, said, evidence: { texts, notUnderstood } }) =>
    `${label}: ${percent(notUnderstood / texts)} % of the texts (${whole(notUnderstood)} of ${whole(texts)}) state an answer that the rule does not understand${said.length === 0 ? "" : `, such as ${said.map((text) => `“${text}”`).join(", ")}`}; ${method === undefined ? "right ones among them are trained on as wrong" : "right ones among them count as wrong"}.`,
});
