import type { JudgedCandidate } from "../../../core/records.ts";
import { scoreOf } from "../../metrics/scores.ts";
import type { Prediction } from "../../run/run-data.ts";
import type { Flag, PackedCot } from "./packed.ts";
import type { Strings } from "./strings.ts";

/** What a greedy answer and a sample have in common. Fields that a judge adds are read where they are there. */
type Cot = JudgedCandidate | Prediction;

export const packScore = (score: number | null | undefined): number | null =>
  score === null || score === undefined || !Number.isFinite(score)
    ? null
    : Math.round(score * 10_000) / 10_000;

/** @param scored false: the score stands elsewhere */
export function packCot(cot: Cot, strings: Strings, scored = true): PackedCot {
  const rules = cot.byMode as Prediction["byMode"];
  const wrong = firstWrongStep(cot);
  const flags: Record<Flag, boolean> = {
    correct: cot.correct,
    cutOff: cot.finish === "length",
    stepsChecked: typeof cot.stepsValid === "boolean",
    stepsValid: cot.stepsValid === true,
    bothRules: rules !== undefined,
    strictCorrect: rules?.strict.correct === true,
    flexibleCorrect: rules?.flexible.correct === true,
  };
  const raised = Object.entries(flags).flatMap(([flag, holds]) => (holds ? [flag] : []));
  const packed: PackedCot = [
    strings.place(cot.text),
    strings.place(raised.join(" ")),
    strings.place(cot.extracted),
    scored ? packScore(scoreOf(cot)) : null,
    strings.place(rules?.strict.extracted),
    strings.place(rules?.flexible.extracted),
    wrong?.line ?? null,
    strings.place(wrong?.reason),
  ];
  return packed.slice(0, packed.findLastIndex((part) => part !== null) + 1) as PackedCot;
}

function firstWrongStep({ firstWrongStep: step }: Cot): { line: number; reason: string } | undefined {
  if (typeof step !== "object" || step === null) return undefined;
  const { line, reason } = step as { line?: unknown; reason?: unknown };
  return typeof line === "number" && typeof reason === "string" ? { line, reason } : undefined;
}
