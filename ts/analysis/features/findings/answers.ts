/** What the texts themselves are like: their steps beside their answers, and whether an answer can be read at all. */
import { percent, points, whole } from "../../report/format.ts";
import type { Diagnostic, MethodSummary, RunSummary } from "../../report/schema.ts";

/** Shares above which a finding becomes a warning; they are habits of the field, not results. */
const manyOtherwise = 0.05;
const muchUnreadable = 0.05;
/** A difference between the two rules of extraction that is worth a word. */
const fewPoints = 0.03;

type Steps = Pick<
  MethodSummary["counts"],
  "rightAnswers" | "rightAnswersWrongSteps" | "wrongAnswers" | "wrongAnswersRightSteps"
>;

/** Labels by the final answer call a lucky COT good and one that slips at its end bad: how many are there of each? */
export function stepsAndAnswers(
  methods: readonly MethodSummary[],
  trainGroups: RunSummary["trainGroups"],
): Diagnostic[] {
  const sum = (field: keyof Steps): number => trainGroups.reduce((total, group) => total + group[field], 0);
  const training: Steps = {
    rightAnswers: sum("rightAnswers"),
    rightAnswersWrongSteps: sum("rightAnswersWrongSteps"),
    wrongAnswers: sum("wrongAnswers"),
    wrongAnswersRightSteps: sum("wrongAnswersRightSteps"),
  };
  const bySteps = trainGroups.some(({ labelledBySteps }) => labelledBySteps);
  const all = [
    { who: "Training samples", of: {}, counts: training, bySteps },
    ...methods.map(({ name, label, counts }) => ({
      who: label,
      of: { method: name },
      counts,
      bySteps: false,
    })),
  ];
  return all.flatMap(({ who, of, counts, bySteps }) => [
    ...lucky(who, of, counts, bySteps),
    ...slipped(who, of, counts),
  ]);
}

function lucky(
  who: string,
  of: { method?: string },
  { rightAnswers, rightAnswersWrongSteps }: Steps,
  bySteps: boolean,
): Diagnostic[] {
  if (rightAnswers === 0) return [];
  const share = rightAnswersWrongSteps / rightAnswers;
  // Training goes by the labels of the training samples; a method's own samples only tell how it answers.
  const isLabelled = of.method === undefined;
  const many = share > manyOtherwise && !bySteps;
  const verdict = bySteps
    ? " and count as wrong"
    : many && isLabelled
      ? ", more than 5 %, so labels by the final answer are noisy here"
      : "";
  return [
    {
      id: "right-by-wrong-steps",
      level: many ? (isLabelled ? "warning" : "note") : "fine",
      ...of,
      text: `${who}: ${percent(share)} % of the right answers (${whole(rightAnswersWrongSteps)} of ${whole(rightAnswers)} samples) were reached by wrong steps${verdict}.`,
      evidence: { rightAnswers, byWrongSteps: rightAnswersWrongSteps },
    },
  ];
}

/** A note only: a check of steps sees false equations, not every false thought. */
function slipped(
  who: string,
  of: { method?: string },
  { wrongAnswers, wrongAnswersRightSteps }: Steps,
): Diagnostic[] {
  if (wrongAnswers === 0) return [];
  const share = wrongAnswersRightSteps / wrongAnswers;
  const many = share > manyOtherwise;
  return [
    {
      id: "wrong-by-right-steps",
      level: many ? "note" : "fine",
      ...of,
      text: `${who}: in ${percent(share)} % of the wrong answers (${whole(wrongAnswersRightSteps)} of ${whole(wrongAnswers)} samples) the check of the steps finds no error${many ? ": the slip is in the answer itself or in what the check cannot see, and the whole COT counts as wrong for it" : ""}.`,
      evidence: { wrongAnswers, withRightSteps: wrongAnswersRightSteps },
    },
  ];
}

/** Answers that one rule of extraction finds and the other does not, on one task or on some of several. */
export function notInForm(method: MethodSummary, tasks: RunSummary["tasks"]): Diagnostic[] {
  const { name, label } = method;
  const places =
    tasks.length < 2
      ? [{ on: "", byMode: method.byMode }]
      : tasks.map((task) => ({
          on: `on ${task.name} `,
          byMode: task.methods.find((one) => one.name === name)?.byMode,
        }));
  const found = places.flatMap(({ on, byMode }) => {
    const strict = byMode?.strict.value ?? null;
    const flexible = byMode?.flexible.value ?? null;
    return strict === null || flexible === null ? [] : [{ on, strict, flexible }];
  });
  const told = (differing: typeof found, level: Diagnostic["level"], verdict: string): Diagnostic[] => {
    const [first] = differing;
    if (first === undefined) return [];
    const numbers = differing.map(
      ({ on, strict, flexible }) =>
        `${on}${percent(flexible)} % by the flexible rule and ${percent(strict)} % by the strict one (${points(flexible - strict)} points)`,
    );
    return [
      {
        id: "answers-not-in-form",
        level,
        method: name,
        text: `${label}: right are ${numbers.join(", ")}; ${verdict}.`,
        evidence: { strict: first.strict, flexible: first.flexible },
      },
    ];
  };
  return [
    ...told(
      found.filter(({ strict, flexible }) => flexible - strict > fewPoints),
      "warning",
      "answers are there but not in the asked form, so strict accuracy is partly a measure of form",
    ),
    ...told(
      found.filter(({ strict, flexible }) => strict - flexible > fewPoints),
      "note",
      "the texts go on after their answer, and the flexible rule takes something else for it",
    ),
  ];
}

export function unreadable({ name, label, counts }: MethodSummary): Diagnostic[] {
  if (counts.questions === 0) return [];
  const share = counts.greedyWithoutAnswer / counts.questions;
  const cut = counts.greedyCutOff / counts.questions;
  if (Math.max(share, cut) <= muchUnreadable) return [];
  return [
    {
      id: "unreadable-output",
      level: "warning",
      method: name,
      text: `${label}: ${percent(share)} % of the greedy outputs hold no answer that could be read and ${percent(cut)} % were cut off at the length limit; they count as wrong.`,
      evidence: { withoutAnswer: share, cutOff: cut },
    },
  ];
}
