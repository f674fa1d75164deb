import type { Method } from "../schema/methods.ts";
import type { Report } from "./cross.ts";

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
