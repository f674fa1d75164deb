import type { Group, JudgedCandidate } from "../../../ts/core/records.ts";

/** `right`/`wrong` make candidates with the given scores, each with a text of its own. */
export const right = (...scores: number[]): JudgedCandidate[] => scored(scores, true, "4");
export const wrong = (...scores: number[]): JudgedCandidate[] => scored(scores, false, "5");

let texts = 0;
const scored = (scores: number[], correct: boolean, extracted: string): JudgedCandidate[] =>
  scores.map((score) => ({ text: `text ${texts++}`, extracted, correct, score }));

/** Candidates that answered as given; null: nothing could be extracted. The right answer is 4. */
export const answers = (...extracted: (string | null)[]): JudgedCandidate[] =>
  extracted.map((answer) => ({
    text: `text ${texts++}`,
    extracted: answer,
    correct: Number(answer ?? "x") === 4,
    score: -1,
  }));

export const group = (id: string, candidates: JudgedCandidate[]): Group => ({
  id,
  task: "arithmetic",
  prompt: `${id}?`,
  answer: "4",
  candidates,
});
