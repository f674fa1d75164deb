/**
 * Which questions are listed, and in which order.
 * @typedef {import("../packed.ts").PackedIndex} PackedIndex
 * @typedef {{ first: number, second: number, task: number, show: string, sort: string }} Choice
 *   `first` and `second` are arms (-1: not there), `task` a task's place (-1: all)
 */

/** The filters by how two methods answer; `{A}` and `{B}` stand for their names. */
export const shows = {
  all: "all questions",
  right: "{A} right",
  wrong: "{A} wrong",
  none: "{A} gave no answer",
  flipped: "flipped: one right, the other not",
  gained: "flipped: {A} right, {B} not",
  lost: "flipped: {B} right, {A} not",
  both: "both right",
  neither: "neither right",
};

/** Every order, with which questions come first. */
export const sorts = {
  asked: "in their own order",
  hard: "hardest first (fewest COTs right)",
  easy: "easiest first (most COTs right)",
  scoreUp: "greedy score: {A} most above {B}",
  scoreDown: "greedy score: {A} most below {B}",
  misjudged: "wrong COTs most above right ones ({A})",
  marginUp: "right above wrong: {A} gains most on {B}",
  marginDown: "right above wrong: {A} loses most to {B}",
};

/** @type {Record<string, (a: string, b: string) => boolean>} */
const matches = {
  all: () => true,
  right: (a) => a === "r",
  wrong: (a) => a === "w",
  none: (a) => a === "n",
  flipped: (a, b) => a !== "-" && b !== "-" && (a === "r") !== (b === "r"),
  gained: (a, b) => a === "r" && b !== "r" && b !== "-",
  lost: (a, b) => b === "r" && a !== "r" && a !== "-",
  both: (a, b) => a === "r" && b === "r",
  neither: (a, b) => a !== "r" && b !== "r" && a !== "-" && b !== "-",
};

/**
 * @param {PackedIndex} index
 * @param {Choice} choice
 * @returns {number[]} places of questions
 */
export function choose(index, choice) {
  const { first, second, task, show } = choice;
  const [a, b] = [index.outcomes[first] ?? "", index.outcomes[second] ?? ""];
  const matching = matches[show] ?? matches.all;
  const found = [];
  for (let q = 0; q < index.ids.length; q++)
    if ((task < 0 || index.taskOf[q] === task) && matching?.(a[q] ?? "-", b[q] ?? "-")) found.push(q);
  const value = sortValue(index, choice);
  if (value === undefined) return found;
  const values = new Float64Array(index.ids.length);
  // What has no value comes last; equal ones stay in their own order.
  for (const q of found) values[q] = value(q) ?? Number.POSITIVE_INFINITY;
  return found.sort((x, y) => compare(values[x] ?? 0, values[y] ?? 0));
}

/** Infinity less itself is no number. @param {number} a @param {number} b */
const compare = (a, b) => (a === b ? 0 : a < b ? -1 : 1);

/**
 * What the list is sorted by, least first; undefined for their own order.
 * @param {PackedIndex} index
 * @param {Choice} choice
 * @returns {((q: number) => number | null) | undefined}
 */
function sortValue(index, { first, second, sort }) {
  /** @param {(number | null)[][]} table @param {number} sign */
  const difference = (table, sign) => {
    /** @param {number} q */
    return (q) => {
      const [mine, theirs] = [table[first]?.[q] ?? null, table[second]?.[q] ?? null];
      return mine === null || theirs === null ? null : sign * (mine - theirs);
    };
  };
  switch (sort) {
    case "hard":
      return (q) => index.rightShare[q] ?? null;
    case "easy":
      return (q) => negated(index.rightShare[q] ?? null);
    case "scoreUp":
      return difference(index.scores, -1);
    case "scoreDown":
      return difference(index.scores, 1);
    case "misjudged":
      return (q) => index.margins[first]?.[q] ?? null;
    case "marginUp":
      return difference(index.margins, -1);
    case "marginDown":
      return difference(index.margins, 1);
    default:
      return undefined;
  }
}

/** @param {number | null} value */
const negated = (value) => (value === null ? null : -value);
