import type { Difference, Measured, Metric, RunSummary } from "../../report/schema.ts";

/** Greedy accuracy by both rules of extraction: one method on one task, or on all trained ones. */
export interface ModeRow {
  label: string;
  /** Undefined for all trained tasks together. */
  task: string | undefined;
  strict: Metric;
  flexible: Metric;
  /** flexible - strict, paired. */
  difference: Difference | undefined;
}

/** Over all trained tasks; nothing where the answers were judged by one rule only. */
export const modeRows = ({ methods }: RunSummary): ModeRow[] => rowsOf(methods, undefined);

/** Task by task, where there are several. */
export const modeRowsByTask = ({ tasks }: RunSummary): ModeRow[] =>
  tasks.length < 2 ? [] : tasks.flatMap((task) => rowsOf(task.methods, task.name));

const rowsOf = (methods: readonly Measured[], task: string | undefined): ModeRow[] =>
  methods.flatMap(({ label, byMode }) => {
    if (byMode === undefined) return [];
    const { strict, flexible, difference } = byMode;
    return [{ label, task, strict, flexible, difference }];
  });
