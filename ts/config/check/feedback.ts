import { constraintOf, entryOf, isRanked, type Method } from "../methods/index.ts";
import type { Label, Ranking } from "../schema/ranking.ts";
import type { Report } from "./report.ts";

/** All losses take right and wrong, and most ranks as well; the constraints' names for ranks demand these. */
export function checkFeedback(
  methods: Readonly<Record<string, Method>>,
  feedback: "binary" | "ranked",
  report: Report,
): void {
  for (const [name, method] of Object.entries(methods)) {
    if (feedback === "ranked") checkLabels(name, method, report);
    if (feedback === "ranked" || !("constraint" in method) || !isRanked(method.constraint)) continue;
    report(
      ["methods", name, "constraint"],
      "needs ranks, and stages.judge.feedback is binary: right or wrong",
      method.constraint,
      `${constraintOf(method)} here, or stages.judge.feedback: ranked`,
    );
  }
}

/** Under ranks a wrong COT may be the best of its group, and a right one the worst. */
function checkLabels(name: string, method: Method, report: Report): void {
  const entry = entryOf(method.method);
  const labels = entry.kind === "group loss" ? entry.needs.labels : undefined;
  if (labels === "always")
    report(
      ["methods", name, "method"],
      "goes by right and wrong, and stages.judge.feedback is ranked",
      method.method,
      "stages.judge.feedback: binary, or a method that takes ranks",
    );
  if (labels === "detached" && "constraint" in method && method.constraint === "detached")
    report(
      ["methods", name, "constraint"],
      `detaches the wrong COTs of ${method.method}, which has no pairs, and stages.judge.feedback is ranked`,
      method.constraint,
      "none here, or stages.judge.feedback: binary",
    );
}

export interface Judging {
  feedback: "binary" | "ranked";
  ranking?: Ranking | undefined;
  label?: Label | undefined;
  groupsFile?: string | undefined;
}

/** Whether there will be what ranks go by: the run's own samples have scores, but neither rewards nor generators. */
export function checkRankingSettings(judge: Judging, report: Report): void {
  const { feedback, ranking, label, groupsFile } = judge;
  if (groupsFile !== undefined && label === "answer-and-steps")
    report(
      ["stages", "judge", "label"],
      "the groups of stages.judge.groupsFile have their labels already",
      label,
      "answer, or no groupsFile",
    );
  if (ranking === undefined) return;
  const name = typeof ranking === "string" ? ranking : "generators";
  if (feedback === "binary")
    report(
      ["stages", "judge", "ranking"],
      "there are no ranks under stages.judge.feedback: binary",
      name,
      "stages.judge.feedback: ranked, or no ranking",
    );
  else if (groupsFile === undefined && name !== "steps" && name !== "score")
    report(
      ["stages", "judge", "ranking"],
      `the COTs that a run samples itself have no ${name === "generators" ? "generator" : name} to be ranked by`,
      name,
      "steps or score, or groups of your own in stages.judge.groupsFile",
    );
  else if (groupsFile !== undefined && name === "steps")
    report(
      ["stages", "judge", "ranking"],
      "the groups of stages.judge.groupsFile are ranked by a column: their steps are not looked at again",
      name,
      "score, reward, rank or generators; left out, their ranks count as they stand",
    );
}
