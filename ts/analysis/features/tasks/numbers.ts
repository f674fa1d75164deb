import { measureMacro } from "../../measure/macro.ts";
import { adjustForMany } from "../../measure/paired-tests.ts";
import { type Drawn, drawRun, measureAll } from "../../report/measured.ts";
import type { Measured, RunSummary } from "../../report/schema.ts";
import type { RunData } from "../../run/run-data.ts";
import { onlyTasks, trainedTasks } from "../../run/tasks.ts";
import { signFlipTest } from "../../statistics/sign-flip.ts";

/**
 * Every task apart, and the mean over the trained ones. What is tested on several tasks is adjusted for all of them: among
 * many methods on many tasks some look like a gain by chance.
 * @param headline the pooled numbers of the trained tasks; where there is one such task they are its own
 */
export function summariseTasks(
  run: RunData,
  headline: { drawn: Drawn; measured: readonly Measured[] },
): Pick<RunSummary, "tasks" | "macro"> {
  const { resamples } = headline.drawn;
  const trained = trainedTasks(run).map(({ name }) => name);
  const apart = run.tasks.map((task) => {
    const alone = trained.length === 1 && task.name === trained[0];
    if (alone) return { task, drawn: headline.drawn, methods: structuredClone([...headline.measured]) };
    const drawn = drawRun(onlyTasks(run, [task.name]), `${run.name}, ${task.name}`, resamples);
    return { task, drawn, methods: measureAll(drawn, signFlipTest(drawn.questions, drawn.seed)) };
  });
  adjustForMany(apart.flatMap(({ methods }) => methods));
  const tasks = apart.map(({ task, drawn, methods }) => ({ ...task, questions: drawn.questions, methods }));
  if (trained.length < 2) return { tasks };
  const own = apart.filter(({ task }) => task.use === "train");
  const questions = own.reduce((sum, { drawn }) => sum + drawn.questions, 0);
  const methods = measureMacro(own, signFlipTest(questions, run.name));
  adjustForMany(methods);
  return { tasks, macro: { tasks: trained, methods } };
}
