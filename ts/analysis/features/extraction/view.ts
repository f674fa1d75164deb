import {
  type Block,
  type Content,
  details,
  heading,
  type Inline,
  link,
  note,
  tableOf,
  text,
} from "../../document/blocks.ts";
import { points, whole } from "../../format.ts";
import type { Measured, RunSummary } from "../../generated/report.ts";
import { boldCell, plainCell, terminalCell } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { answers } from "./numbers.ts";
import { outcomesTable } from "./outcomes.ts";

/** Greedy accuracy by both rules of extraction: one method on one task, or on all trained ones. */
interface ByMode extends NonNullable<Measured["byMode"]> {
  label: string;
  /** Undefined for all trained tasks together. */
  task?: string | undefined;
}

const rowsOf = (methods: readonly Measured[], task?: string): ByMode[] =>
  methods.flatMap(({ label, byMode }) => (byMode === undefined ? [] : { ...byMode, label, task }));

/** What became of the answers, and their accuracy by the strict and the flexible rule where both were used. */
export const extraction: Feature = {
  numbers: answers,
  view: ({ summary }) => [bothRulesOf(summary), outcomesTable(summary)],
};

function bothRulesOf({ methods, tasks }: RunSummary): Content {
  const together = rowsOf(methods);
  if (together.length === 0) return null;
  const apart = tasks.length < 2 ? [] : tasks.flatMap((task) => rowsOf(task.methods, task.name));
  if ([...together, ...apart].every(({ strict, flexible }) => strict.value === flexible.value))
    return note(
      "Judged strictly (the answer in the form that the task asks for) and flexibly (whatever looks most like one), every method’s greedy accuracy is the same.",
    );
  const judged = tasks.filter(({ extract }) => extract !== undefined);
  return [
    heading("By both rules of extraction", "by-mode"),
    bothRules(together, {
      label: "By both rules of extraction",
      caption: text`Greedy accuracy, percent with 95 % intervals, of the same texts${apart.length > 0 && ", over all trained tasks"}. Strict: the answer in the form that the task asks for; flexible: whatever looks most like one. The patterns stand in ${link("#record", "the record")}.`,
    }),
    judged.length > 0 &&
      note(
        `The other tables go by the rule that the experiment chose: ${judged.map(({ name, extract }) => `${name} ${extract}`).join(", ")}.`,
      ),
    apart.length > 0 &&
      details(
        "The same, task by task",
        bothRules(apart, {
          label: "Both rules, task by task",
          caption: "Greedy accuracy by both rules on each task",
        }),
      ),
  ];
}

const bothRules = (rows: readonly ByMode[], parts: { label: string; caption: Inline }): Block =>
  tableOf(
    rows,
    [
      ["Method", ({ label }) => label],
      rows.some(({ task }) => task !== undefined) && ["task", ({ task }) => task, "text"],
      ["strict", ({ strict }) => boldCell(strict)],
      ["flexible", ({ flexible }) => boldCell(flexible)],
      [
        "flexible minus strict, points",
        ({ difference = { value: null, interval: null } }) => boldCell(difference, points),
      ],
      ["questions", ({ strict }) => whole(strict.perSeed[0]?.n ?? 0)],
    ],
    { ...parts, kind: "results" },
  );

/** For a terminal. */
export function extractionTable({ methods }: RunSummary): Content {
  const rows = rowsOf(methods);
  return (
    rows.length > 0 &&
    tableOf(
      rows,
      [
        ["Greedy, % right by rule", ({ label }) => label],
        ["strict", ({ strict }) => terminalCell(strict)],
        ["flexible", ({ flexible }) => terminalCell(flexible)],
        ["points", ({ difference = { value: null, interval: null } }) => plainCell(difference, points)],
      ],
      { label: "By both rules", caption: "" },
    )
  );
}
