/** Which COTs of a group are learnt from, and how they are set against each other. */
import { type Group, isUnchecked, type JudgedCandidate } from "../../core/records.ts";
import { equations } from "../steps/equations.ts";

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
    const isOmitted = candidate.extracted === null && noAnswer === "omit";
    if (!candidate.correct && (isOmitted || isUnchecked(candidate))) continue;
    if (!side.has(candidate.text)) side.set(candidate.text, candidate);
  }
  return { positives: [...positives.values()], negatives: [...negatives.values()] };
}

/** What makes a COT better than another: right and wrong answers, or the candidates' own ranks. */
export type Feedback = "binary" | "ranked";

/** A COT and its place in its group: 1 is the best, equals share one, no place is left empty. */
export interface Placed {
  candidate: JudgedCandidate;
  rank: number;
}

/** Whether a better and a worse COT of the group are to be learnt from by rank. */
export const pairedByRank = (group: Group): boolean => placed(group, "ranked").some(({ rank }) => rank > 1);

/**
 * The distinct COTs of a group, best first: each text once, the first sample of it. Under binary feedback right ones
 * have rank 1 and wrong ones 2, also where a side is empty; under ranked feedback the candidates' ranks are
 * closed up to 1, 2, ..., and a COT without a rank, or that could not be checked, is left out.
 */
export function placed(group: Group, feedback: Feedback): Placed[] {
  if (feedback === "binary") {
    const { positives, negatives } = sides(group);
    return [
      ...positives.map((candidate) => ({ candidate, rank: 1 })),
      ...negatives.map((candidate) => ({ candidate, rank: 2 })),
    ];
  }
  const distinct = new Map<string, JudgedCandidate>();
  for (const candidate of group.candidates)
    if (candidate.rank !== undefined && !isUnchecked(candidate) && !distinct.has(candidate.text))
      distinct.set(candidate.text, candidate);
  const candidates = [...distinct.values()].sort((a, b) => a.rank! - b.rank!);
  const levels = [...new Set(candidates.map(({ rank }) => rank!))];
  return candidates.map((candidate) => ({ candidate, rank: levels.indexOf(candidate.rank!) + 1 }));
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
    const steps = equations(candidate.text);
    if (checkEquations && !steps.every(({ valid }) => valid)) continue;
    const key = steps.length > 0 ? steps.map(({ text }) => text).join("\n") : `text ${candidate.text}`;
    if (!accepted.has(key)) accepted.set(key, candidate);
  }
  return [...accepted.values()];
}
