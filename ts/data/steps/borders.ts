/** Whether an expression is whole: what stands directly before it and after it, and what else an equation may mean. */
import { type Fraction, fraction } from "../answers/fraction.ts";
import type { Token } from "./tokens.ts";
import {
  articles,
  connecting,
  cyclic,
  factors,
  farWorking,
  goingOn,
  inexact,
  joining,
  labels,
  lacking,
  units,
  whole,
  working,
} from "./words.ts";

/** none: it is part of something else. doubtful: it may be. */
export type Border = "clear" | "doubtful" | "none";

const lower = (token: Token | undefined): string | undefined =>
  token?.kind === "word" ? token.text.toLowerCase() : undefined;
const isSentenceEnd = ({ kind, text }: Token): boolean => kind === "break" && /^[,.;:!?]$|^<<|^>>/.test(text);
const isThousands = (token: Token | undefined): boolean => token?.kind === "number" && token.digits === 3;

/** What stands before an expression that begins with `first`; `before` are the tokens of its line up to there. */
export function borderBefore(before: readonly Token[], first: Token): Border {
  const last = before.at(-1);
  if (last === undefined || last.text === "<<") return "clear";
  const near = directlyBefore(before, first);
  if (near !== "clear") return near;
  const isNew = (token: Token): boolean => isSentenceEnd(token) || connecting.has(lower(token) ?? "");
  const sentence = before.slice(before.findLastIndex(isNew) + 1);
  return sentence.some((token) => farWorking.has(lower(token) ?? "")) ? "doubtful" : "clear";
}

function directlyBefore(before: readonly Token[], first: Token): Border {
  const last = before.at(-1)!;
  const [earlier, earliest] = [before.at(-2), before.at(-3)];
  switch (last.kind) {
    case "(":
      // `100 + (100 * 2 = 300`: a bracket that was never closed.
      return earlier === undefined || earlier.kind === "word" || earlier.kind === "break" ? "clear" : "none";
    case ")":
      // `1) `, `(a) ` number a line; `(apples) ` is a remark.
      if (before.length === 2) return first.spaced ? "clear" : "none";
      return earlier?.kind === "word" && first.spaced ? "doubtful" : "none";
    case "break": {
      const isApart = first.spaced || !/^[,.;:!?]$/.test(last.text);
      // `14, 400 / 80`
      if (last.text === "," && earlier?.kind === "number" && isThousands(first)) return "doubtful";
      return isApart ? "clear" : "doubtful";
    }
    case "word":
      return first.spaced ? afterWord(lower(last)!, earlier, earliest) : "none";
    default:
      return "none";
  }
}

function afterWord(word: string, earlier: Token | undefined, earliest: Token | undefined): Border {
  if (working.has(word) || isLetter(word)) return "none";
  if (word === "of") {
    if (whole.has(lower(earlier) ?? "")) return "clear";
    const isPart = earlier?.kind === "number" || earlier?.kind === "%" || working.has(lower(earlier) ?? "");
    return isPart ? "none" : "doubtful";
  }
  // `and 8 - 1 = 6` begins a sentence.
  if (word === "and" && earlier === undefined) return "clear";
  if (word === "by" && working.has(lower(earlier) ?? "")) return "none";
  if ((joining.has(word) && word !== "with") || labels.has(word) || isNumberWord(word)) return "doubtful";
  // `60 students 2/3`, `2 hours 30 + 15`; `In 2024 he`
  const isCounted =
    earlier?.kind === "number" && !connecting.has(word) && !joining.has(lower(earliest) ?? "");
  return isCounted ? "doubtful" : "clear";
}

const isLetter = (word: string): boolean => word.length === 1 && !articles.has(word);
const isNumberWord = (word: string): boolean =>
  /^(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)$/.test(
    word,
  ) || ["hundred", "thousand", "million", "billion", "dozen"].includes(word);

/** What stands after an expression; `after` are the tokens of its line from there. */
export function borderAfter(after: readonly Token[]): Border {
  const [next, second] = after;
  switch (next?.kind) {
    case undefined:
    case ")":
      return "clear";
    case "(":
      return next.spaced && second?.kind === "word" ? "clear" : "none";
    case "break":
      return afterBreak(next, second);
    case "operator":
      return danglingSign(next, second);
    case "word":
      return beforeWord(next, after);
    default:
      return "none";
  }
}

function afterBreak(mark: Token, second: Token | undefined): Border {
  if (/^[{[]$/.test(mark.text)) return mark.spaced ? "clear" : "none";
  // A factorial or the end of a sentence; decimals that go on; thousands.
  if (mark.text === "!" && !mark.spaced) return "doubtful";
  if (mark.text === "…" || (mark.text === "." && second?.text === "." && !second.spaced)) return "doubtful";
  if (mark.text === "," && isThousands(second)) return "doubtful";
  // `0.(3)`
  return second?.kind === "(" && !mark.spaced && !second.spaced ? "none" : "clear";
}

/** `8/hour`, `8 - so`, `8-inch`, `8*`: a sign that has nothing after it to work on. */
function danglingSign(sign: Token & { kind: "operator" }, second: Token | undefined): Border {
  const word = lower(second);
  const isWord = word !== undefined && word.length > 1;
  if (sign.text === "/" && sign.tight && isWord) return "clear";
  if (sign.text === "-" && isWord) return "doubtful";
  const isMark = sign.text === "*" && !sign.spaced && (second === undefined || second.kind === "break");
  return isMark ? "doubtful" : "none";
}

function beforeWord(next: Token, [, second, third]: readonly Token[]): Border {
  const word = lower(next)!;
  if (!next.spaced) return units.has(word) || /^(?:st|nd|rd|th)$/.test(word) ? "clear" : "none";
  // `2 R2`
  if (/\d/.test(word)) return "doubtful";
  if (goingOn.has(word) || (isLetter(word) && !units.has(word))) return "none";
  const isNumeric = (token: Token | undefined): boolean =>
    token?.kind === "number" || goingOn.has(lower(token) ?? "") || isNumberWord(lower(token) ?? "");
  if (second?.kind === "(") return third?.kind === "word" ? "clear" : "doubtful";
  if (cyclic.has(word)) return "doubtful";
  // `5 feet 4`, `3 times 4`
  if (isNumeric(second)) return "doubtful";
  // `2 and a half`, `1 hour and 5 minutes`, `2 with 2 left over`
  const isJoined = joining.has(word) || joining.has(lower(second) ?? "");
  return isJoined && (isNumeric(third) || third?.kind === "(" || goingOn.has(lower(third) ?? ""))
    ? "doubtful"
    : "clear";
}

/** The two sides and what stands around them. */
interface Sides {
  left: { tokens: readonly Token[]; around: readonly Token[] };
  right: { tokens: readonly Token[]; around: readonly Token[] };
}

/** Words that are looked at beside an equation. */
const near = 12;

/** Whether an equation that is not true as it stands may be right all the same. */
export function meansOtherwise({ left, right }: Sides, a: Fraction, b: Fraction): boolean {
  const [from, sign, to] = left.tokens;
  // `pages 5-9 = 5 pages`
  const isRange =
    left.tokens.length === 3 && sign?.kind === "operator" && sign.text === "-" && !sign.spaced && sign.tight;
  if (isRange && from?.kind === "number" && to?.kind === "number" && a.numerator < 0n && b.numerator >= 0n)
    return true;
  const words = [...left.around.slice(-near), ...right.around.slice(0, near)];
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  const isNear = (difference < 0n ? -difference : difference) < a.denominator * b.denominator;
  if (b.denominator === 1n && isNear && words.some((token) => inexact.has(lower(token) ?? ""))) return true;
  const isOpposite = difference !== 0n && a.numerator * b.denominator === -b.numerator * a.denominator;
  if (isOpposite && words.some((token) => lacking.has(lower(token) ?? ""))) return true;
  const isMeasured =
    units.has(lower(right.around[0]) ?? "") || currencyOf(right.tokens) !== currencyOf(left.tokens);
  return (
    isMeasured && [ratio(a, b), ratio(b, a)].some((factor) => factor !== undefined && factors.has(factor))
  );
}

const currencyOf = (tokens: readonly Token[]): string | undefined =>
  tokens.flatMap((token) => (token.kind === "number" ? (token.currency ?? []) : []))[0];

/** The quotient, where it is a whole number. */
function ratio(a: Fraction, b: Fraction): string | undefined {
  const quotient = fraction(a.numerator * b.denominator, a.denominator * b.numerator);
  if (quotient === undefined || quotient.numerator % quotient.denominator !== 0n) return undefined;
  return String(quotient.numerator / quotient.denominator);
}
