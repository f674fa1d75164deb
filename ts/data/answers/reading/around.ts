/** Whether what stands around a number leaves it the number that it is: a unit, a remark; or makes another of it, or two. */
import type { Token } from "./lexer.ts";
import { hasNumber, isNumeric, isSymbol } from "./sentences.ts";
import {
  alternatives,
  changing,
  isOtherSize,
  isUnitApart,
  isUnitClose,
  labels,
  small,
  subordinate,
  subordinateAtOnce,
  unreadAfter,
} from "./words.ts";

export type NoValue = "unparsed" | "ambiguous";

/** Why what comes after a number cannot be left out; undefined where it can: a unit, and what is said about it. */
export function unreadTail(tokens: readonly Token[], from: number): NoValue | undefined {
  let joined = false;
  let subordinated = false;
  let apart = false;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at]!;
    const { kind, text, spaced } = token;
    const before = tokens[at - 1]!;
    const next = tokens[at + 1];
    const isFirst = at === from;
    const word = text.toLowerCase();
    const isSpelled = kind === "word" && small.has(word) && word !== "one";
    if (kind === "number" || (isSpelled && (joined || isFirst))) {
      if (!subordinated || joined)
        return joined || !apart || before.kind === "comma" ? "ambiguous" : "unparsed";
      return undefined;
    }
    if (kind === "percent" || kind === ")") continue;
    if (kind === "word") {
      const isClose = !spaced && isFirst && before.kind !== "percent";
      if (isOtherSize(word) || unreadAfter.has(word) || (isFirst && word === "e")) return "unparsed";
      if (isClose ? !isUnitClose(text) : !isUnitApart(text) && before.text !== "/") return "unparsed";
      if (alternatives.has(word)) {
        joined = true;
        if (isPowerAfter(tokens, at)) return "unparsed";
      } else if (word === "of" && isNumeric(next ?? token) && isShare(tokens.slice(0, at))) return "unparsed";
      else if (subordinate.has(word) && (!isFirst || subordinateAtOnce.has(word))) subordinated = true;
      apart = true;
      continue;
    }
    if (kind === "comma" || kind === "break") {
      if (next !== undefined && (isNumeric(next) || isSignedNumber(tokens, at + 1))) return "ambiguous";
      if (
        next?.kind === "word" &&
        !alternatives.has(next.text.toLowerCase()) &&
        !small.has(next.text.toLowerCase())
      )
        return undefined;
      continue;
    }
    if (kind === "sign") {
      // `5 - 6`, `5-day`, `5 km/h`, `5 - the rest`
      if (next !== undefined && (isNumeric(next) || next.kind === "sign"))
        return word === "-" || word === "~" || word === "—" ? "ambiguous" : "unparsed";
      if (next?.kind === "word" && (word === "-" || word === "—") && next.spaced) return undefined;
      if (
        next?.kind === "word" &&
        (word === "-" ||
          word === "~" ||
          ((word === "/" || word === "*") && !isFirst && !isSymbol(before.text)))
      )
        continue;
      if (next?.kind === "word" && word === "/" && isUnitApart(next.text)) continue;
      return "unparsed";
    }
    // `m^2`, `(or 6)`
    if (kind === "power" && before.kind === "word") continue;
    if (kind === "(" && !isFirst) continue;
    if (kind === "(" && next?.kind === "word") continue;
    return "unparsed";
  }
  return undefined;
}

/** `20% of 50` and `3/4 of 20` are other numbers; `18 of 20` is 18. */
const isShare = (before: readonly Token[]): boolean =>
  before.some(({ kind, text, isFraction }) => kind === "percent" || isFraction === true || text === "/");

/** `10 to the power of 5`. */
const isPowerAfter = (tokens: readonly Token[], at: number): boolean =>
  tokens.slice(at + 1, at + 4).some(({ text }) => /^powers?$/i.test(text));
const isSignedNumber = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.kind === "sign" && tokens[at + 1] !== undefined && isNumeric(tokens[at + 1]!);

/** Why a number cannot be taken out of what stands before it. */
export function unreadHead(tokens: readonly Token[], from: number): NoValue | undefined {
  const before = tokens[from - 1];
  if (before === undefined) return undefined;
  const { kind, text } = before;
  const word = text.toLowerCase();
  const earlier = hasNumber(tokens.slice(0, from));
  // `(b) 6` is one of several; and what stands right after a bracket is multiplied by it.
  if (["bad", "power", "factorial", "number", ")"].includes(kind)) return "unparsed";
  if (kind === "sign" && word !== "~") return earlier && /[-—]/.test(word) ? "ambiguous" : "unparsed";
  if (kind === "sign") return earlier ? "ambiguous" : undefined;
  if (kind === "comma" || kind === "break") {
    const separated = tokens[from - 2];
    return separated !== undefined && isNumeric(separated) ? "ambiguous" : undefined;
  }
  if (kind === "word") {
    if (alternatives.has(word) && earlier) return "ambiguous";
    if (changing.has(word) || labels.has(word)) return "unparsed";
    if (isSymbol(text)) return "unparsed";
  }
  return undefined;
}
