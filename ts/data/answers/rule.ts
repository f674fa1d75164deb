/** What it takes to judge by a final answer: how it is found in a text, and when two are the same. */
import { defined } from "../../core/defined.ts";
import type { Question } from "../../core/records.ts";

/** Strict: the answer in the form that the task asks for. Flexible: whatever states an answer in usual words. */
export type ExtractMode = "strict" | "flexible";
export const extractModes: readonly ExtractMode[] = ["strict", "flexible"];

/** What of a question may help to read an answer: the options that a letter stands for. */
export type Asked = Pick<Question, "choices">;

/** One place of a text that was looked at for an answer, in the order of the text. */
export interface Seen {
  /** The line it stands on, from 1. */
  line: number;
  /** What made it one: `####`, `\boxed{`, `answer is`, or in words, such as `the last number`. */
  by: string;
  /** What stands there. */
  said: string;
  /** What was read in it; left out: nothing, and `why` says why. */
  answer?: string;
  /** Why nothing was read in it, or why it is not the answer. */
  why?: string;
  /** Whether the reading is this one's. */
  decides?: boolean;
}

/** What a rule makes of a text. Without an answer `noAnswer` says why. */
export interface Reading {
  /** In a form in which equal answers are equal strings. */
  answer: string | null;
  /** Only there without one. */
  noAnswer?: "not found" | "unparsed" | "ambiguous";
  /** What was not read: see {@link Outcome.unread}. */
  unread?: string;
  /** Every place that was looked at, in the order of the text. */
  seen: readonly Seen[];
}

export interface AnswerRule {
  kind: "gsm8k-number" | "number" | "choice" | "regex";
  /** What is looked for, for records and reports: an accuracy means little without it. */
  patterns: Readonly<Record<ExtractMode, string>>;
  /**
   * The final answer of a text, in a form in which equal answers are equal strings, so that they count as one in a
   * vote. Throws {@link TimeLimitReached} where it could not be looked for to the end.
   */
  read(text: string, mode: ExtractMode, question?: Asked): Reading;
  /** The answer of {@link read}; null when there is none. */
  extract(text: string, mode: ExtractMode, question?: Asked): string | null;
  /** Whether an extracted answer is the answer of a question, as the question's row has it. */
  sameAnswer(extracted: string, answer: string): boolean;
  /** What a row's answer column says: an answer alone, or a solution that ends in it. */
  readCell(cell: string): Reading;
}

/** A rule by its reading; where nothing else is said, a cell's answer stands in the task's own form. */
export const ruleOf = (
  rule: Omit<AnswerRule, "extract" | "readCell"> & Partial<Pick<AnswerRule, "readCell">>,
): AnswerRule => ({
  readCell: (cell) => rule.read(cell, "strict"),
  ...rule,
  extract: (text, mode, question) => rule.read(text, mode, question).answer,
});

/** The text was not looked at to its end: neither right, nor wrong, nor without an answer. */
export class TimeLimitReached extends Error {
  override name = "TimeLimitReached";
}

/**
 * Why there is no answer. Not found: none is stated. Unparsed: one is stated in a form that is not understood (`2√3`).
 * Ambiguous: several are (`5 or 6`). The others say nothing about the text.
 */
export type NoAnswer = "not found" | "unparsed" | "ambiguous" | "too long" | "time limit";

/** A text under one mode. Without an answer it is not right, and `noAnswer` says why. */
export interface Outcome {
  extracted: string | null;
  correct: boolean;
  noAnswer?: NoAnswer;
  /**
   * What is stated and was not understood, its beginning. Beside an answer: what is stated there, and a published
   * pattern reads otherwise than it says (10 of `10^5`); the verdict is then the published one.
   */
  unread?: string;
}

export type BothOutcomes = Record<ExtractMode, Outcome>;

type Judging = Pick<AnswerRule, "read" | "sameAnswer">;

export function outcomeOf(
  { read, sameAnswer }: Judging,
  text: string,
  mode: ExtractMode,
  question: Asked & Pick<Question, "answer">,
): Outcome {
  try {
    const { answer: extracted, noAnswer = "not found", unread } = read(text, mode, question);
    if (extracted === null) return { extracted, correct: false, noAnswer, ...defined({ unread }) };
    return { extracted, correct: sameAnswer(extracted, question.answer), ...defined({ unread }) };
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

/** Characters of what is stated that a record keeps. */
const mostShown = 80;

/** What is stated, its beginning on one line. */
export const shown = (said: string): string => {
  const line = said
    .slice(0, 4 * mostShown)
    .trim()
    .replaceAll(/\s+/g, " ")
    // What a terminal would take for an order.
    .replaceAll(/\p{Cc}/gu, "\uFFFD");
  return line.length > mostShown ? `${line.slice(0, mostShown)}…` : line;
};
