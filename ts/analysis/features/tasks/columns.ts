import { plural, whole } from "../../report/format.ts";
import type { Comparison, Difference, Measured, RunSummary } from "../../report/schema.ts";

/** A column of the tables by task: one task, or several together. */
export interface TaskColumn {
  name: string;
  /** How many questions, or what the column is over. */
  of: string;
  /** One entry a method, by its name. */
  methods: readonly Measured[];
}

export interface TaskColumns {
  trained: TaskColumn[];
  /** Evaluated only. */
  outOfDistribution: TaskColumn[];
}

/** Trained tasks, then all of them together where there are several; then the others. Null for a run of one task. */
export function taskColumns({ tasks, macro, methods }: RunSummary): TaskColumns | null {
  if (tasks.length < 2) return null;
  const columns = (use: "train" | "evaluate"): TaskColumn[] =>
    tasks
      .filter((task) => task.use === use)
      .map((task) => ({ name: task.name, of: plural(task.questions, "question"), methods: task.methods }));
  const trained = columns("train");
  const pooled = tasks
    .filter(({ use }) => use === "train")
    .reduce((sum, { questions }) => sum + questions, 0);
  const together: TaskColumn[] =
    macro === undefined
      ? []
      : [
          { name: "pooled", of: `all ${whole(pooled)} alike`, methods },
          { name: "macro", of: `mean of ${macro.tasks.length} tasks`, methods: macro.methods },
        ];
  return { trained: [...trained, ...together], outOfDistribution: columns("evaluate") };
}

export const measuredOf = ({ methods }: TaskColumn, name: string): Measured | undefined =>
  methods.find((method) => method.name === name);

/** Greedy accuracy minus that of a baseline. */
export const accuracyAgainst = (
  measured: Measured | undefined,
  role: Comparison["role"],
): Difference | undefined =>
  measured?.comparisons.find((comparison) => comparison.role === role)?.differences.accuracy;
