/** A run's questions task by task. Statistics are written for a run: a task's are those of the run with its rows alone. */
import { defined } from "../../core/defined.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import type { Arm, ArmRound, Evaluated, RunData, TaskInfo } from "./run-data.ts";

/** The tasks whose questions, pooled, give the headline numbers. */
export const trainedTasks = ({ tasks }: Pick<RunData, "tasks">): TaskInfo[] =>
  tasks.filter(({ use }) => use === "train");

/** The run with the test questions of these tasks alone. */
export function onlyTasks(run: RunData, names: readonly string[]): RunData {
  // The rows of one task need not name it: older files do not.
  if (run.tasks.length < 2) return run;
  const wanted = new Set(names);
  return {
    ...run,
    arms: run.arms.map((arm) => {
      const ofTask = (task: string | undefined): boolean => wanted.has(knownTask(run, arm, task));
      const { rounds } = arm;
      return { ...arm, ...rowsOf(arm, ofTask), ...defined({ rounds: rounds?.map(roundOf(ofTask)) }) };
    }),
  };
}

type Wanted = (task: string | undefined) => boolean;

const rowsOf = ({ predictions, samples, heldOut }: Evaluated, ofTask: Wanted): Evaluated => ({
  predictions: predictions.filter(({ task }) => ofTask(task)),
  samples: samples.filter(({ task }) => ofTask(task)),
  heldOut: heldOut.filter(({ task }) => ofTask(task)),
});

const roundOf =
  (ofTask: Wanted) =>
  (round: ArmRound): ArmRound => ({ ...round, ...rowsOf(round, ofTask) });

/** The run that the headline numbers and charts are of: the test questions of the tasks that were trained on. */
export const headlineRun = (run: RunData): RunData =>
  onlyTasks(
    run,
    trainedTasks(run).map(({ name }) => name),
  );

function knownTask({ tasks }: RunData, { method, seed }: Arm, name: string | undefined): string {
  const names = tasks.map((task) => task.name);
  if (name !== undefined && names.includes(name)) return name;
  throw inputError({
    what: `method ${JSON.stringify(method)}, seed ${seed}: a test question of ${name === undefined ? "no" : "an unknown"} task`,
    ...(name === undefined ? {} : { found: name, nearest: nearestName(name, names) }),
    expected: `field task: one of ${names.join(", ")}`,
  });
}
