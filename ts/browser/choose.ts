/** Which questions are listed, and in which order. `{A}` and `{B}` in the words stand for the names of two methods. */
import type { PackedIndex } from "../analysis/features/questions/packed.ts";

export interface Choice {
  /** An arm; -1: not there. */
  first: number;
  second: number;
  /** A task's place; -1: all. */
  task: number;
  show: Show;
  sort: Sort;
}

/** `first` and `second` are methods. */
export interface Settings extends Choice {
  /** A seed's place. */
  seed: number;
  text: string;
  /** The text is a regular expression. */
  isPattern: boolean;
  inSamples: boolean;
}

export type Show = keyof typeof shows;
export type Sort = keyof typeof sorts;

/** Of the letters, one a method, that the index has for how they answer. */
type Matches = (a: string, b: string) => boolean;

const isAsked = (outcome: string): boolean => outcome !== "-";
const isFlipped: Matches = (a, b) => isAsked(a) && isAsked(b) && (a === "r") !== (b === "r");

/** The filters by how two methods answer. */
export const shows = {
  all: { words: "all questions", matches: () => true },
  right: { words: "{A} right", matches: (a) => a === "r" },
  wrong: { words: "{A} wrong", matches: (a) => a === "w" },
  none: { words: "{A} gave no answer", matches: (a) => a === "n" },
  flipped: { words: "flipped: one right, the other not", matches: isFlipped },
  gained: { words: "flipped: {A} right, {B} not", matches: (a, b) => a === "r" && isFlipped(a, b) },
  lost: { words: "flipped: {B} right, {A} not", matches: (a, b) => b === "r" && isFlipped(a, b) },
  both: { words: "both right", matches: (a, b) => a === "r" && b === "r" },
  neither: {
    words: "neither right",
    matches: (a, b) => isAsked(a) && isAsked(b) && a !== "r" && b !== "r",
  },
  /** Of these only; where the page has no notes it is not offered. */
  noted: { words: "marked or noted by you", matches: () => true },
} satisfies Record<string, { words: string; matches: Matches }>;

/** What the list is sorted by, least first, of a question and two arms; what has no value comes last. */
type Value = (index: PackedIndex, q: number, first: number, second: number) => number | null | undefined;

const difference =
  (table: "scores" | "margins", sign: 1 | -1): Value =>
  (index, q, first, second) => {
    const [a, b] = [index[table][first]?.[q] ?? null, index[table][second]?.[q] ?? null];
    return a === null || b === null ? null : sign * (a - b);
  };

const greedyScore =
  (sign: 1 | -1): Value =>
  (index, q, first) => {
    const score = index.scores[first]?.[q] ?? null;
    return score === null ? null : sign * score;
  };

const rightShare: Value = (index, q) => index.rightShare[q];
const wrongShare: Value = (index, q) => {
  const share = index.rightShare[q] ?? null;
  return share === null ? null : -share;
};
const margin: Value = (index, q, first) => index.margins[first]?.[q];

/** Every order, with which questions come first. */
export const sorts = {
  asked: { words: "in their own order", value: undefined },
  hard: { words: "hardest first (fewest COTs right)", value: rightShare },
  easy: { words: "easiest first (most COTs right)", value: wrongShare },
  scoreUp: { words: "greedy score: {A} most above {B}", value: difference("scores", -1) },
  scoreDown: { words: "greedy score: {A} most below {B}", value: difference("scores", 1) },
  scoreHigh: { words: "greedy score of {A}: highest first", value: greedyScore(-1) },
  scoreLow: { words: "greedy score of {A}: lowest first", value: greedyScore(1) },
  misjudged: { words: "wrong COTs most above right ones ({A})", value: margin },
  marginUp: { words: "right above wrong: {A} gains most on {B}", value: difference("margins", -1) },
  marginDown: { words: "right above wrong: {A} loses most to {B}", value: difference("margins", 1) },
};

/**
 * @param isNoted whether a question has a mark or a note
 * @returns places of questions
 */
export function choose(
  index: PackedIndex,
  { first, second, task, show, sort }: Choice,
  isNoted: (q: number) => boolean = () => false,
): number[] {
  const [a, b] = [index.outcomes[first] ?? "", index.outcomes[second] ?? ""];
  const matches: Matches = shows[show].matches;
  const chosen = [...index.ids.keys()].filter(
    (q) =>
      (task < 0 || index.taskOf[q] === task) &&
      matches(a[q] ?? "-", b[q] ?? "-") &&
      (show !== "noted" || isNoted(q)),
  );
  const { value } = sorts[sort];
  if (value === undefined) return chosen;
  const values = new Map(
    chosen.map((q) => [q, value(index, q, first, second) ?? Number.POSITIVE_INFINITY] as const),
  );
  return chosen.sort((x, y) => compare(values.get(x)!, values.get(y)!));
}

/** Infinity less itself is no number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
