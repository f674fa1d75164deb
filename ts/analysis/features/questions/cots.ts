import type { JudgedCandidate } from "../../../core/records.ts";
import type { Prediction } from "../input.ts";
import { bit, type PackedCot, scoreParts } from "./packed.ts";
import type { Strings } from "./strings.ts";

/** What a greedy answer and a sample have in common. Fields that a judge adds are read where they are there. */
type Cot = JudgedCandidate | Prediction;

export const packScore = (score: number | null | undefined): number | null =>
  score === null || score === undefined || !Number.isFinite(score) ? null : Math.round(score * scoreParts);

/** The mean log-probability of a COT's tokens, nats; undefined where it was not measured. */
export function scoreOf({ score, logprob, tokens }: Cot): number | undefined {
  if (typeof score === "number") return score;
  return logprob === undefined || tokens === undefined || tokens === 0 ? undefined : logprob / tokens;
}

/** @param scored false: the score stands elsewhere */
export function packCot(cot: Cot, strings: Strings, scored = true): PackedCot {
  const { stepsValid, finish } = cot;
  const rules = cot.byMode as Prediction["byMode"];
  const wrong = firstWrongStep(cot);
  const bits =
    (cot.correct ? bit.correct : 0) |
    (finish === "length" ? bit.cutOff : 0) |
    (typeof stepsValid === "boolean" ? bit.stepsChecked : 0) |
    (stepsValid === true ? bit.stepsValid : 0) |
    (rules === undefined ? 0 : bit.bothRules) |
    (rules?.strict.correct === true ? bit.strictCorrect : 0) |
    (rules?.flexible.correct === true ? bit.flexibleCorrect : 0);
  const packed: PackedCot = [
    strings.place(cot.text),
    bits,
    strings.place(cot.extracted),
    scored ? packScore(scoreOf(cot)) : null,
    strings.place(rules?.strict.extracted),
    strings.place(rules?.flexible.extracted),
    wrong?.line ?? null,
    strings.place(wrong?.reason),
  ];
  while (packed.at(-1) === null) packed.pop();
  return packed;
}

function firstWrongStep({ firstWrongStep: step }: Cot): { line: number; reason: string } | undefined {
  if (typeof step !== "object" || step === null) return undefined;
  const { line, reason } = step as { line?: unknown; reason?: unknown };
  return typeof line === "number" && typeof reason === "string" ? { line, reason } : undefined;
}
