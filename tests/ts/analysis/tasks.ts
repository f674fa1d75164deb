/** Several tasks put together from invented runs, one a task, each with its own questions. */
import type { Prediction, RunData } from "../../../ts/analysis/index.ts";
import type { Group } from "../../../ts/core/records.ts";
import { syntheticRun } from "./synthetic.ts";

export interface InventedTask {
  name: string;
  use: "train" | "evaluate";
  questions: number;
}

/** The tasks' questions take the first ones of the invented run in turn, and names of their own. */
export function runOfTasks(
  tasks: readonly InventedTask[],
  options: Parameters<typeof syntheticRun>[0] = {},
): RunData {
  const runs = tasks.map(({ questions }, at) => {
    const skipped = tasks.slice(0, at).reduce((sum, task) => sum + task.questions, 0);
    const whole = syntheticRun({ ...options, questions: skipped + questions });
    return { ...whole, arms: whole.arms.map((arm) => cut(arm, skipped)) };
  });
  return {
    ...runs[0]!,
    tasks: tasks.map(({ name, use }) => ({ name, use })),
    arms: runs[0]!.arms.map((arm, at) => ({
      ...arm,
      predictions: tasks.flatMap(({ name }, t) =>
        runs[t]!.arms[at]!.predictions.map((one) => ({ ...one, task: name })),
      ),
      samples: tasks.flatMap(({ name }, t) =>
        runs[t]!.arms[at]!.samples.map((one) => ({ ...one, task: name })),
      ),
      heldOut: tasks.flatMap(({ name }, t) =>
        runs[t]!.arms[at]!.heldOut.map((one) => ({ ...one, task: name })),
      ),
    })),
  };
}

const cut = <Rows extends { predictions: Prediction[]; samples: Group[]; heldOut: Group[] }>(
  arm: Rows,
  from: number,
): Rows => ({
  ...arm,
  predictions: arm.predictions.slice(from),
  samples: arm.samples.slice(from),
  heldOut: arm.heldOut.slice(from),
});

/** Every prediction judged by both rules: the flexible one also finds the answer of each `every`-th that is wrong. */
export const judgedByBoth = (run: RunData, every = 3): RunData => ({
  ...run,
  arms: run.arms.map((arm) => ({
    ...arm,
    predictions: arm.predictions.map((one, at): Prediction => {
      const { extracted, correct, answer } = one;
      const found = !correct && at % every === 0;
      return {
        ...one,
        byMode: {
          strict: { extracted, correct },
          flexible: { extracted: found ? answer : extracted, correct: correct || found },
        },
      };
    }),
  })),
});
