/** What it takes to judge by a final answer: how it is found in a text, and when two are the same. */
import type { Question } from "../../core/records.ts";

/** Strict: the answer in the form that the task asks for. Flexible: whatever states an answer in usual words. */
export type ExtractMode = "strict" | "flexible";
export const extractModes: readonly ExtractMode[] = ["strict", "flexible"];

/** What of a question may help to read an answer: the options that a letter stands for. */
export type Asked = Pick<Question, "choices">;

export interface AnswerRule {
  kind: "gsm8k-number" | "number" | "choice" | "regex";
  /** What is looked for, for records and reports: an accuracy means little without it. */
  patterns: Readonly<Record<ExtractMode, string>>;
  /**
   * The final answer of a text, in a form in which equal answers are equal strings, so that they count as one in a
   * vote; null when there is none. Throws {@link TimeLimitReached} where it could not be looked for to the end.
   */
  extract(text: string, mode: ExtractMode, question?: Asked): string | null;
  /** Whether an extracted answer is the answer of a question, as the question's row has it. */
  sameAnswer(extracted: string, answer: string): boolean;
}

/** The text was not looked at to its end: neither right, nor wrong, nor without an answer. */
export class TimeLimitReached extends Error {
  override name = "TimeLimitReached";
}

/** Why there is no answer. Only "not found" says something about the text. */
export type NoAnswer = "not found" | "too long" | "time limit";

/** A text under one mode. Without an answer it is not right, and `noAnswer` says why. */
export interface Outcome {
  extracted: string | null;
  correct: boolean;
  noAnswer?: NoAnswer;
}

export type BothOutcomes = Record<ExtractMode, Outcome>;

type Judging = Pick<AnswerRule, "extract" | "sameAnswer">;

export function outcomeOf(
  { extract, sameAnswer }: Judging,
  text: string,
  mode: ExtractMode,
  question: Asked & Pick<Question, "answer">,
): Outcome {
  try {
    const extracted = extract(text, mode, question);
    if (extracted === null) return { extracted, correct: false, noAnswer: "not found" };
    return { extracted, correct: sameAnswer(extracted, question.answer) };
  } catch (error) {
    if (!(error instanceof TimeLimitReached)) throw error;
    return { extracted: null, correct: false, noAnswer: "time limit" };
  }
}

/** A text under both modes: how much an accuracy rests on the rule is the difference between them. */
export const extractBoth = (
  rule: Judging,
  text: string,
  question: Asked & Pick<Question, "answer">,
): BothOutcomes => ({
  strict: outcomeOf(rule, text, "strict", question),
  flexible: outcomeOf(rule, text, "flexible", question),
});
