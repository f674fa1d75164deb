import { z } from "zod";
import type { Measured, RunSummary } from "../../generated/report.ts";
import { drawRun, measureAll, ofEachMetric } from "../../measure/draws.ts";
import { measureMacro } from "../../measure/macro.ts";
import { adjustForMany } from "../../measure/paired-tests.ts";
import { count, measuredSchema } from "../../measure/schema.ts";
import { copyOf } from "../../measure/verdicts.ts";
import { extractModes } from "../../run/run-data.ts";
import { onlyTasks, trainedTasks } from "../../run/tasks.ts";
import { signFlipTest } from "../../statistics/sign-flip.ts";
import { numbers, type Source } from "../feature.ts";

/** A task of the experiment: trained on and evaluated, or evaluated only (out of distribution). */
export const taskInfoSchema = z.object({
  name: z.string().meta({ description: "the task's name in the experiment" }),
  use: z
    .enum(["train", "evaluate"])
    .meta({ description: "train: trained on and evaluated; evaluate: evaluated only" }),
  extract: z.enum(extractModes).optional().meta({ description: "the rule that decides what is correct" }),
  patterns: z
    .record(z.enum(extractModes), z.string())
    .optional()
    .meta({ description: "what each rule looks for, as it stands in the code" }),
});

export const taskSummarySchema = taskInfoSchema.extend({
  questions: count.meta({ description: "of the split that is measured on" }),
  methods: z
    .array(measuredSchema)
    .meta({ description: "on this task alone; pHolm is adjusted for all methods on all tasks" }),
});

const macroSchema = z.object({
  tasks: z.array(z.string()).meta({ description: "the tasks that the means are over" }),
  methods: z.array(measuredSchema).meta({
    description:
      "means over the tasks, intervals put together from the tasks'; mcnemar does not apply and is empty",
  }),
});

export const tasks = numbers({
  schema: {
    tasks: z
      .array(taskSummarySchema)
      .default([])
      .meta({ description: "each task apart, those that are evaluated only (out of distribution) too" }),
    macro: macroSchema
      .optional()
      .meta({ description: "each trained task counts once; only there where there are several" }),
  },
  compute: summariseTasks,
});

/** Its differences are judged among those of all tasks. */
const copied = (measured: Measured): Measured => ({
  ...measured,
  comparisons: measured.comparisons.map((comparison) => ({
    ...comparison,
    differences: ofEachMetric((name) => copyOf(comparison.differences[name])),
  })),
});

/**
 * Every task apart, and the mean over the trained ones. What is tested on several tasks is adjusted for all of them: among
 * many methods on many tasks some look like a gain by chance.
 * Where one task is trained, the headline's numbers are its own.
 */
function summariseTasks({ run, ...headline }: Source): Pick<RunSummary, "tasks" | "macro"> {
  const { resamples } = headline.drawn;
  const trained = trainedTasks(run).map(({ name }) => name);
  const apart = run.tasks.map((task) => {
    const alone = trained.length === 1 && task.name === trained[0];
    if (alone) return { task, drawn: headline.drawn, methods: headline.measured.map(copied) };
    const drawn = drawRun(onlyTasks(run, [task.name]), `${run.name}, ${task.name}`, resamples);
    return { task, drawn, methods: measureAll(drawn, signFlipTest(drawn.questions, drawn.seed)) };
  });
  adjustForMany(apart.flatMap(({ methods }) => methods));
  const tasks = apart.map(({ task, drawn, methods }) => ({ ...task, questions: drawn.questions, methods }));
  if (trained.length < 2) return { tasks };
  const trainedApart = apart.filter(({ task }) => task.use === "train");
  const questions = trainedApart.reduce((sum, { drawn }) => sum + drawn.questions, 0);
  const methods = measureMacro(trainedApart, signFlipTest(questions, run.name));
  adjustForMany(methods);
  return { tasks, macro: { tasks: trained, methods } };
}
