import { TextTable } from "../../core/columns.ts";
import { inputError } from "../../core/errors.ts";
import { columns } from "../document/columns.ts";
import { percent, plural, range, whole } from "../format.ts";
import { addOutcome, noOutcomes } from "../metrics/outcomes.ts";
import { type ExtractMode, extractModes, type Prediction } from "../run/run-data.ts";
import type { Interval } from "../statistics/interval.ts";
import { meanInterval, wilsonInterval } from "../statistics/interval.ts";

/** `correct` of `n`, with Wilson's 95 % interval; null where n is 0. */
export interface Share {
  value: number | null;
  correct: number;
  n: number;
  interval: Interval | null;
}

/** What is said of any set of predictions. */
export interface Answers {
  predictions: number;
  accuracy: Share;
  /** No answer could be found in the text: counts as wrong. */
  noAnswer: number;
  /** Of those: an answer is stated in a form that the rule does not understand. */
  unparsed: number;
  /** Of those: several answers are stated. */
  ambiguous: number;
  /** Ended by the length limit. */
  cutOff: number;
  /** The same texts by both rules of extraction; null where a prediction was judged by one only. */
  byMode: Record<ExtractMode, Share> | null;
}

/** What `aft assess --json` prints of predictions. Shares in [0, 1]. */
export interface PredictionsAssessment extends Answers {
  /** Mean of the tasks' accuracies, its interval put together from theirs; null for fewer than two tasks. */
  macroAccuracy: { value: number; tasks: number; interval: Interval | null } | null;
  /** Each task apart, in the order of the file; empty where the predictions name none. */
  tasks: ({ task: string } & Answers)[];
}

const mostProblemsNamed = 20;

interface Place {
  /** The number of the row. */
  at: number;
  where: string;
}

/** Whether predictions, which come one by one, can be assessed. Of each no more is kept than its task and question. */
export class PredictionChecks {
  readonly #known = new TextTable();
  #rows = 0;
  #someNamed = false;
  /** The first of each. */
  readonly #repeated: (Place & { questionId: string })[] = [];
  readonly #unnamed: Place[] = [];

  add({ task, questionId }: Prediction, where: () => string): void {
    const at = this.#rows++;
    const known = this.#known.size;
    if (
      this.#known.add(JSON.stringify([task, questionId])) < known &&
      this.#repeated.length < mostProblemsNamed
    )
      this.#repeated.push({ at, where: where(), questionId });
    if (task !== undefined) this.#someNamed = true;
    else if (this.#unnamed.length < mostProblemsNamed) this.#unnamed.push({ at, where: where() });
  }

  /** @throws inputError naming the rows: a question that comes twice, or a row without a task where others have one. */
  check(): void {
    const repeated = this.#repeated.map(({ at, where, questionId }) => ({
      at,
      problem: {
        what: "field questionId: a second prediction for this question",
        where,
        found: questionId,
        expected: "each question once: the interval takes predictions for independent",
      },
    }));
    const unnamed = this.#unnamed.map(({ at, where }) => ({
      at,
      problem: { what: "missing field task: other rows name theirs", where, expected: "the task's name" },
    }));
    const problems = [...repeated, ...(this.#someNamed ? unnamed : [])].sort((a, b) => a.at - b.at);
    if (problems.length > 0)
      throw inputError(problems.slice(0, mostProblemsNamed).map(({ problem }) => problem));
  }
}

/** Predictions that come one by one, of which only counts are kept. */
export class AssessingPredictions {
  readonly #all = new Counts();
  readonly #tasks = new Map<string, Counts>();

  add(prediction: Prediction): void {
    const { task } = prediction;
    this.#all.add(prediction);
    if (task === undefined) return;
    const ofTask = this.#tasks.get(task) ?? new Counts();
    this.#tasks.set(task, ofTask);
    ofTask.add(prediction);
  }

  result(): PredictionsAssessment {
    const { predictions, accuracy, ...rest } = this.#all.answers();
    const tasks = [...this.#tasks].map(([task, counts]) => ({ task, ...counts.answers() }));
    return { predictions, accuracy, macroAccuracy: macroAccuracy(tasks), ...rest, tasks };
  }
}

/** What is counted of any set of predictions. */
class Counts {
  #predictions = 0;
  #correct = 0;
  #cutOff = 0;
  /** Those that were judged by both rules, and of them the right ones by each. */
  #judgedByBoth = 0;
  readonly #correctBy: Record<ExtractMode, number> = { strict: 0, flexible: 0 };
  readonly #outcomes = noOutcomes();

  add(prediction: Prediction): void {
    const { correct, finish, byMode } = prediction;
    this.#predictions++;
    if (correct) this.#correct++;
    if (finish === "length") this.#cutOff++;
    addOutcome(this.#outcomes, prediction);
    if (byMode === undefined) return;
    this.#judgedByBoth++;
    for (const mode of extractModes) if (byMode[mode].correct) this.#correctBy[mode]++;
  }

  answers(): Answers {
    const n = this.#predictions;
    const { right, wrong, unparsed, ambiguous } = this.#outcomes;
    const shareBy = (mode: ExtractMode): Share => shareOf(this.#correctBy[mode], n);
    return {
      predictions: n,
      accuracy: shareOf(this.#correct, n),
      noAnswer: n - right - wrong,
      unparsed,
      ambiguous,
      cutOff: this.#cutOff,
      byMode:
        n > 0 && this.#judgedByBoth === n
          ? { strict: shareBy("strict"), flexible: shareBy("flexible") }
          : null,
    };
  }
}

const shareOf = (right: number, n: number): Share => ({
  value: n === 0 ? null : right / n,
  correct: right,
  n,
  interval: wilsonInterval(right, n),
});

function macroAccuracy(tasks: readonly Answers[]): PredictionsAssessment["macroAccuracy"] {
  if (tasks.length < 2) return null;
  const parts = tasks.map(({ accuracy: { value, interval } }) => ({ value: value!, interval: interval! }));
  return {
    value: parts.reduce((sum, { value }) => sum + value, 0) / tasks.length,
    tasks: tasks.length,
    interval: meanInterval(parts),
  };
}

/** Predictions' numbers as lines for a terminal, each with its count; below them each task, where there are several. */
export function describePredictions(assessment: PredictionsAssessment): string {
  const { predictions, accuracy, macroAccuracy, noAnswer, unparsed, ambiguous, cutOff, byMode, tasks } =
    assessment;
  const share = ({ value, n, interval }: Share): string =>
    `${percent(value)} % of ${whole(n)} ${range(interval, percent)}`.trimEnd();
  const part = (count: number): string =>
    `${whole(count)} (${percent(predictions === 0 ? null : count / predictions)} %)`;
  const rows: [name: string, text: string | null][] = [
    ["predictions", `${whole(predictions)}${tasks.length > 1 ? ` of ${plural(tasks.length, "task")}` : ""}`],
    ["accuracy", share(accuracy)],
    ["macro", macroText(macroAccuracy)],
    ["without an answer", `${part(noAnswer)}, counted as wrong`],
    ["  unparsed", unparsed === 0 ? null : `${part(unparsed)} state one that the rule does not understand`],
    ["  ambiguous", ambiguous === 0 ? null : `${part(ambiguous)} state several`],
    ["cut off", `${part(cutOff)} at the length limit`],
    ["strict rule", byMode && share(byMode.strict)],
    ["flexible rule", byMode && share(byMode.flexible)],
  ];
  const lines = rows.flatMap(([name, text]) => (text === null ? [] : `${name.padEnd(20)} ${text}`));
  return [...lines, ...(tasks.length > 1 ? ["", taskTable(tasks)] : [])].join("\n");
}

const macroText = (macro: PredictionsAssessment["macroAccuracy"]): string | null =>
  macro &&
  `${`${percent(macro.value)} % ${range(macro.interval, percent)}`.trimEnd()}, the mean of ${macro.tasks} tasks`;

function taskTable(tasks: PredictionsAssessment["tasks"]): string {
  const modes = tasks.some(({ byMode }) => byMode !== null);
  const head = ["task", "n", "% right", "", ...(modes ? ["strict", "flexible"] : []), "no answer", "cut off"];
  const row = ({ task, accuracy, byMode, noAnswer, cutOff }: { task: string } & Answers): string[] => [
    task,
    whole(accuracy.n),
    percent(accuracy.value),
    range(accuracy.interval, percent),
    ...(modes ? [percent(byMode?.strict.value), percent(byMode?.flexible.value)] : []),
    whole(noAnswer),
    whole(cutOff),
  ];
  return columns(head, tasks.map(row));
}
