import type { Group, JudgedCandidate } from "../../core/records.ts";
import { equations } from "../steps/equations.ts";
import { isUnchecked } from "./unchecked.ts";

export interface SidesOptions {
  /** Whether the reference COT is a member of the positives. Default false: it is the VFT term's target. */
  referenceAsPositive?: boolean;
  /**
   * What becomes of a COT in which no answer could be found. Default "negative": its final answer is not right. A
   * COT that could not be checked is on neither side in any case.
   */
  noAnswer?: "negative" | "omit";
}

export interface Sides {
  positives: JudgedCandidate[];
  negatives: JudgedCandidate[];
}

/**
 * G_P and G_N of a question (arXiv 2309.02144): its right and wrong COTs, each text once, the first sample of it.
 * Either may be empty: such a question has the VFT term only.
 */
export function sides(group: Group, options: SidesOptions = {}): Sides {
  const { referenceAsPositive = false, noAnswer = "negative" } = options;
  const positives = new Map<string, JudgedCandidate>();
  const negatives = new Map<string, JudgedCandidate>();
  if (referenceAsPositive && group.reference !== undefined)
    positives.set(group.reference, { text: group.reference, extracted: group.answer, correct: true });
  for (const candidate of group.candidates) {
    const side = candidate.correct ? positives : negatives;
    if (!candidate.correct && candidate.extracted === null)
      if (noAnswer === "omit" || isUnchecked(candidate)) continue;
    if (!side.has(candidate.text)) side.set(candidate.text, candidate);
  }
  return { positives: [...positives.values()], negatives: [...negatives.values()] };
}

/**
 * The samples that rejection-sampling fine-tuning trains on beside the reference (RFT, arXiv 2308.01825): the answer
 * is right, every equation is true (`checkEquations`, default true), one for each distinct list of equations,
 * the first; never the reference's own text. A text without an equation is distinct by its words.
 */
export function acceptedForRft(group: Group, options: { checkEquations?: boolean } = {}): JudgedCandidate[] {
  const { checkEquations = true } = options;
  const accepted = new Map<string, JudgedCandidate>();
  for (const candidate of group.candidates) {
    if (!candidate.correct || candidate.text === group.reference) continue;
    const found = equations(candidate.text);
    if (checkEquations && !found.every(({ valid }) => valid)) continue;
    const key = found.length > 0 ? found.map(({ text }) => text).join("\n") : `text ${candidate.text}`;
    if (!accepted.has(key)) accepted.set(key, candidate);
  }
  return [...accepted.values()];
}
