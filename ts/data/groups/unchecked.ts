import type { JudgedCandidate } from "../../core/records.ts";

/** Whether the COT was not looked at to its end: it is neither right nor wrong, and has no rank. */
export const isUnchecked = ({ noAnswer }: JudgedCandidate): boolean =>
  noAnswer === "too long" || noAnswer === "time limit";
