import type { Method } from "../methods/index.ts";
import type { Label, Ranking } from "../schema/ranking.ts";
import type { Report } from "./report.ts";

/** The constraint of the same kind for the other feedback. */
const counterparts: Record<string, string> = {
  detached: "ranked-detached",
  boundary: "ranked-boundary",
  "ranked-detached": "detached",
  "ranked-boundary": "boundary",
};

/** AFT's losses are for right and wrong, or for ranks; the other methods take both. */
export function checkFeedback(
  methods: Readonly<Record<string, Method>>,
  feedback: "binary" | "ranked",
  report: Report,
): void {
  for (const [name, method] of Object.entries(methods)) {
    if (method.method !== "aft") continue;
    const { constraint } = method;
    if (constraint.startsWith("ranked-") === (feedback === "ranked")) continue;
    const fitting = counterparts[constraint];
    report(
      ["methods", name, "constraint"],
      feedback === "binary"
        ? "needs ranks, and stages.judge.feedback is binary: right or wrong"
        : "goes by right and wrong, and stages.judge.feedback is ranked",
      constraint,
      feedback === "binary"
        ? `${fitting} here, or stages.judge.feedback: ranked`
        : `${fitting ?? "ranked-detached or ranked-boundary"} here, or stages.judge.feedback: binary`,
    );
  }
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
