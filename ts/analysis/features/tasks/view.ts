import {
  type Block,
  type Cell,
  type ColumnOf,
  type Content,
  details,
  heading,
  note,
  paragraph,
  small,
  tableOf,
} from "../../document/blocks.ts";
import { decimal, plural, points, whole } from "../../format.ts";
import type { Measured, MethodSummary, RunSummary } from "../../generated/report.ts";
import { against, metricWithDifference, missing, plainCell, terminalCell, terminalMark } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { tasks as numbers } from "./numbers.ts";

/** Methods by tasks, the trained ones first; nothing for a run of one task. */
export const tasks: Feature = {
  numbers,
  view: ({ summary }) => {
    const found = taskColumns(summary);
    if (found === null) return null;
    const columns = [...found.trained, ...found.outOfDistribution];
    return [
      heading("Task by task", "by-task"),
      tableOf(
        summary.methods,
        [
          ["Method", ({ label }) => label],
          ...columns.map(
            (column): ColumnOf<MethodSummary> => [
              [column.name, small(column.over)],
              ({ name }) => accuracyCell(measuredOf(column, name)),
            ],
          ),
        ],
        {
          label: "Task by task",
          caption: `Greedy accuracy in percent with its 95 % interval; below it minus continued VFT in points, with its interval, and * where that leaves out 0.`,
          kind: "tasks",
          isBaseline: ({ role }) => role === "continued",
          groups: [
            { head: "Trained on", columns: found.trained.length },
            {
              head: ["Out of distribution", small("evaluated only")],
              columns: found.outOfDistribution.length,
            },
          ].filter((group) => group.columns > 0),
        },
      ),
      note(
        `${summary.macro === undefined ? "" : "pooled: every question of the trained tasks counts once, as in the table above; macro: every task counts once (the mean of the tasks’ accuracies), each judged among its own methods. "}The intervals of the differences are for all methods on all of these tasks together.`,
      ),
      otherMetrics(summary, columns),
    ];
  },
};

/** A column of the tables by task: one task, or several together. */
interface TaskColumn {
  name: string;
  /** How many questions, or what the column is a mean of. */
  over: string;
  /** One entry a method, by its name. */
  methods: readonly Measured[];
}

interface TaskColumns {
  trained: TaskColumn[];
  /** Evaluated only. */
  outOfDistribution: TaskColumn[];
}

/** Trained tasks, then all of them together where there are several; then the others. Null for a run of one task. */
function taskColumns({ tasks: measured, macro, methods }: RunSummary): TaskColumns | null {
  if (measured.length < 2) return null;
  const trained = measured.filter(({ use }) => use === "train");
  const columnsOf = (some: RunSummary["tasks"]): TaskColumn[] =>
    some.map((task) => ({
      name: task.name,
      over: plural(task.questions, "question"),
      methods: task.methods,
    }));
  const pooled = trained.reduce((sum, { questions }) => sum + questions, 0);
  const together: TaskColumn[] =
    macro === undefined
      ? []
      : [
          { name: "pooled", over: `all ${whole(pooled)} alike`, methods },
          { name: "macro", over: `mean of ${macro.tasks.length} tasks`, methods: macro.methods },
        ];
  return {
    trained: [...columnsOf(trained), ...together],
    outOfDistribution: columnsOf(measured.filter(({ use }) => use === "evaluate")),
  };
}

const measuredOf = ({ methods }: TaskColumn, name: string): Measured | undefined =>
  methods.find((method) => method.name === name);

function accuracyCell(measured: Measured | undefined): Cell {
  if (measured === undefined) return missing;
  const difference = against(measured, "continued")?.differences.accuracy;
  return metricWithDifference(measured.metrics.accuracy, difference);
}

function otherMetrics({ methods }: RunSummary, columns: readonly TaskColumn[]): Block {
  const rows = columns.flatMap((column) =>
    methods.flatMap(({ name, label }) => {
      const metrics = measuredOf(column, name)?.metrics;
      return metrics === undefined ? [] : { label, task: column.name, metrics };
    }),
  );
  return details(
    "Samples, assessment accuracy and perplexity, task by task",
    tableOf(
      rows,
      [
        ["Method", ({ label }) => label],
        ["task", ({ task }) => task, "text"],
        ["single samples, %", ({ metrics }) => plainCell(metrics.sampledAccuracy)],
        ["maj@k, %", ({ metrics }) => plainCell(metrics.majority)],
        ["assessment accuracy, micro, %", ({ metrics }) => plainCell(metrics.assessmentMicro)],
        ["pairs", ({ metrics }) => whole(metrics.assessmentMicro.perSeed[0]?.n ?? 0)],
        ["perplexity of right COTs", ({ metrics }) => plainCell(metrics.perplexityPositive, decimal)],
        ["of wrong COTs", ({ metrics }) => plainCell(metrics.perplexityNegative, decimal)],
      ],
      {
        label: "Other metrics, task by task",
        caption: "The other metrics on each task; the intervals are for the questions being a sample",
        kind: "results",
      },
    ),
  );
}

/** For a terminal: as many tasks beside each other as fit. */
export function taskTables(summary: RunSummary): Content {
  const found = taskColumns(summary);
  if (found === null) return null;
  const part = (head: string, columns: readonly TaskColumn[], caption = ""): Content =>
    columns.length > 0 &&
    tableOf(
      summary.methods,
      [
        [head, ({ label }) => label],
        ...columns.map(
          (column): ColumnOf<MethodSummary> => [
            `${column.name} (${column.over})`,
            ({ name }) => terminalAccuracy(measuredOf(column, name)),
          ],
        ),
      ],
      { label: head, caption },
    );
  return [
    part(
      "Trained tasks",
      found.trained,
      "Task by task: % right by greedy decoding, and minus continued VFT in points",
    ),
    part("Out of distribution", found.outOfDistribution),
    paragraph(
      `${summary.macro === undefined ? "" : "pooled: every question of the trained tasks counts once; macro: every task does.\n"}*: as below, for all methods on all of these tasks (pooled, macro: for all methods).`,
    ),
  ];
}

function terminalAccuracy(measured: Measured | undefined): Cell {
  if (measured === undefined) return ["–", small(""), small("")];
  const difference = against(measured, "continued")?.differences.accuracy;
  return [
    terminalCell(measured.metrics.accuracy),
    small(difference && `${points(difference.value)}${terminalMark(difference)}`),
  ];
}
