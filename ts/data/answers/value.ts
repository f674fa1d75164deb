/**
 * The number that a stated answer is. All of what is stated is read: a number, its unit, what is said about it. What is not
 * understood makes it `unparsed`, several numbers `ambiguous`; neither is ever a number.
 */
import { type Token, tokensOf } from "./lexer.ts";
import { mixed, negated, powerOf, quotient, shifted } from "./numeral.ts";
import {
  alternatives,
  approximate,
  changing,
  copulas,
  isOtherSize,
  isUnitApart,
  isUnitClose,
  labels,
  sizes,
  small,
  subordinate,
  subordinateAtOnce,
  unreadAfter,
} from "./words.ts";

export type NoValue = "unparsed" | "ambiguous";
/** Exactly one is there. */
export interface Value {
  value?: string;
  noValue?: NoValue;
  /** The value stands at the end of a sentence's words or of an equation, as it does in working too. */
  isWorking?: boolean;
}

const unparsed: Value = { noValue: "unparsed" };
const ambiguous: Value = { noValue: "ambiguous" };

/** What the first sentence states, after `answer is` or `####`; undefined: nothing that has to do with a number. */
export const valueSaid = (said: string): Value | undefined => valueOfSentence(sentenceOf(tokensOf(said)));

/** What stands in `\\boxed{}`, between tags, or in a row's cell: all of it is the value. Undefined: nothing stands there. */
export function valueWithin(said: string): Value | undefined {
  const sentences = sentencesOf(tokensOf(said)).filter(({ length }) => length > 0);
  if (sentences.length === 0) return undefined;
  const withNumber = sentences.filter(hasNumber);
  if (withNumber.length > 1) return ambiguous;
  return valueOfSentence(withNumber[0] ?? sentences[0]!) ?? unparsed;
}

/** `5 * 2 = 10` states 10, `2x + 3 = 10` no number. */
function valueOfSentence(tokens: readonly Token[]): Value | undefined {
  if (tokens.some(isInequality)) return unparsed;
  const first = tokens.findIndex(isEquals);
  if (first < 0) return valueIn(tokens);
  const last = tokens.findLastIndex(isEquals);
  // `x = 5, y = 6`, `x = 5 or x = 6`
  const between = tokens.slice(first + 1, last);
  const isSeparated = ({ kind, text }: Token): boolean =>
    kind === "comma" || kind === "break" || /^(?:or|and)$/i.test(text);
  if (between.some(isSeparated)) return ambiguous;
  if (isUnsolved(tokens, last)) return unparsed;
  const value = rightOf(tokens, last);
  if (value === undefined) return hasNumber(tokens) || last < tokens.length - 1 ? unparsed : undefined;
  return { ...value, isWorking: hasNumber(tokens.slice(0, last)) };
}

/** What stands right of an equals sign. `10/3 ≈ 3.33`: either may be meant. */
function rightOf(tokens: readonly Token[], equals: number): Value | undefined {
  const value = valueIn(tokens.slice(equals + 1));
  const before = tokens[equals]!.text === "≈" ? exactBefore(tokens.slice(0, equals)) : undefined;
  return before === undefined || before === value?.value ? value : ambiguous;
}

/** `2x + z = 1`: an equation that says of no letter what it is. */
function isUnsolved(tokens: readonly Token[], equals: number): boolean {
  const before = tokens.slice(0, equals);
  const side = before.slice(before.findLastIndex(({ kind }) => /^(?:equals|comma|break)$/.test(kind)) + 1);
  const hasLetter = side.some(({ kind, text }) => kind === "word" && isSymbol(text));
  return hasLetter && side.some(({ kind }) => kind === "sign" || kind === "power");
}

const exactBefore = (tokens: readonly Token[]): string | undefined =>
  valueIn(tokens.slice(tokens.findLastIndex(isEquals) + 1))?.value;
const isInequality = ({ kind, text }: Token): boolean =>
  kind === "bad" && /[<>≤≥≠]|^\\(?:[lg]eq?|[lg]t|ne)/.test(text);
const isEquals = ({ kind }: Token): boolean => kind === "equals";

/**
 * What a line that stands for itself states, after a heading; undefined for a line of words or of working.
 */
export function valueAlone(line: string): Value | undefined {
  const tokens = tokensOf(line).filter(({ kind }) => kind !== "stop");
  const words = tokens.filter(({ kind }) => kind === "word");
  if (words.length > mostWordsAlone) return undefined;
  // `- 42` may be an item of a list.
  if (/^\s*[-–—*+•]\s/.test(line) && tokens[0]?.kind === "sign") return ambiguous;
  if (words.length > 1 && words.length === tokens.length && spelledAt(tokens, 0) === undefined)
    return undefined;
  return valueSaid(line);
}
const mostWordsAlone = 5;

/** The last number of running text, with what it is part of; undefined where there is none. */
export function lastValue(text: string): Value | undefined {
  const sentences = sentencesOf(tokensOf(lastPart(text)));
  const tokens = sentences.findLast((sentence) => hasNumber(sentence));
  if (tokens === undefined) return undefined;
  const equals = tokens.findLastIndex(({ kind }) => kind === "equals");
  const last = tokens.findLastIndex(isNumeric);
  if (equals >= 0)
    return last < equals || isUnsolved(tokens, equals) ? unparsed : (rightOf(tokens, equals) ?? unparsed);
  return lastOf(tokens);
}

/** Whether a text works on to another number than this: by an equation, or by a word for what follows. */
export function goesOn(text: string, value: string): boolean {
  const tokens = sentencesOf(tokensOf(lastPart(text))).findLast(hasNumber) ?? [];
  const concludes = ({ kind, text: word }: Token): boolean =>
    kind === "equals" ||
    /^(?:so|then|thus|therefore|hence|now|next|finally|left|remain|remains|gives|get|gets)$/i.test(word);
  return tokens.some(concludes) && lastValue(text)?.value !== value;
}

/** Whether a text has something in it that is or looks like a number. */
export const namesNumber = (text: string): boolean => hasNumber(tokensOf(lastPart(text)));

/** Characters of a text's end in which its last number is looked for, if there is one. */
const window = 2000;

/** The end of a text, so much of it that its last number is in it, and no number is cut in two. */
function lastPart(text: string): string {
  const end = text.trimEnd();
  let last = end.length;
  while (last > 0 && !isDigit(end[last - 1]!)) last--;
  // Numbers without a digit (`½`, `twelve`) are looked for at the very end only.
  const to = last === 0 || end.length - last < window ? end.length : last + window;
  let from = Math.max(0, to - 2 * window);
  while (from > 0 && /[\d.,]/.test(end[from - 1]!)) from--;
  return end.slice(from, to);
}
const isDigit = (character: string): boolean => character >= "0" && character <= "9";

const isNumeric = (token: Token): boolean =>
  token.kind === "number" || (token.kind === "bad" && /\p{N}/u.test(token.text));
const hasNumber = (tokens: readonly Token[]): boolean => tokens.some(isNumeric);

/** The first sentence that says something. */
function sentenceOf(tokens: readonly Token[]): Token[] {
  return sentencesOf(tokens).find((sentence) => sentence.length > 0) ?? [];
}

function sentencesOf(tokens: readonly Token[]): Token[][] {
  const sentences: Token[][] = [[]];
  for (const token of tokens)
    if (token.kind === "stop") sentences.push([]);
    else sentences.at(-1)!.push(token);
  return sentences;
}

/** Words before a number, then the number and all after it. Undefined: words alone. */
function valueIn(tokens: readonly Token[]): Value | undefined {
  // `The largest f(x) is 19`: what it is of has no number in it.
  const copula = tokens.findLastIndex(({ kind, text }) => kind === "word" && copulas.has(text.toLowerCase()));
  const subject = tokens.slice(0, copula + 1);
  const isSubject =
    copula > 0 &&
    !subject.some(isNumeric) &&
    !subject.some(({ kind, text }) => kind === "word" && spelledOrChanging(text));
  let at = isSubject ? copula + 1 : 0;
  let ordinary = isSubject;
  for (; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    const next = tokens[at + 1];
    const word = text.toLowerCase();
    if (
      kind === "number" ||
      (kind === "(" && next !== undefined && next.kind !== "word") ||
      spelledAt(tokens, at)
    )
      break;
    if (kind === "sign") {
      if (word === "~") continue;
      const before = tokens[at - 1];
      const reckons = before?.kind === "word" && !copulas.has(before.text.toLowerCase());
      // `a + 5` reckons; `so much - 5` may, or has a dash.
      if (reckons && (word === "+" || (next?.spaced && tokens[at]!.spaced)))
        return word === "+" || hasNumber(tokens) ? unparsed : undefined;
      if (word === "—" ? next?.spaced : word !== "-" && word !== "+") return unparsed;
      break;
    }
    if (kind === "word") {
      if (isNegative(word) && next !== undefined && isNumeric(next)) break;
      if (changing.has(word)) return hasNumber(tokens) ? unparsed : undefined;
      if (labels.has(word) && next !== undefined && isNumeric(next)) return unparsed;
      // `x: 5` and `x is 5` name it, `x 5` reckons with it.
      const isNamed = next?.kind === "break" || copulas.has(next?.text.toLowerCase() ?? "");
      if (isSymbol(text) && !isNamed) return unparsed;
      ordinary ||= !approximate.has(word);
    } else if (kind === "bad" || kind === "power" || kind === "factorial") return unparsed;
  }
  if (at === tokens.length) return undefined;
  const read = expressionAt(tokens, at);
  if (read === undefined) return unparsed;
  const { value, end } = read;
  const refused = unreadTail(tokens, end);
  if (refused !== undefined) return { noValue: refused };
  // `3 friends get 18 each`, `after 3 days she has 18`
  if (ordinary && hasNumber(tokens.slice(end))) return ambiguous;
  return { value, isWorking: ordinary };
}

const spelledOrChanging = (text: string): boolean => {
  const word = text.toLowerCase();
  return small.has(word) || changing.has(word) || word === "not";
};
const isNegative = (word: string): boolean => word === "negative" || word === "minus";
/** A letter that may stand for a number. */
const isSymbol = (text: string): boolean =>
  (/^\p{L}$/u.test(text) && /^[\p{Script=Latin}\p{Script=Greek}]/u.test(text) && !/^[aAI]$/.test(text)) ||
  /\d/.test(text);

interface Read {
  value: string;
  end: number;
}

/** A number with its sign, at this place. Undefined where there is none, or one that is not understood. */
function expressionAt(tokens: readonly Token[], from: number): Read | undefined {
  const first = tokens[from]!;
  const isSigned = first.kind === "sign" || (first.kind === "word" && isNegative(first.text.toLowerCase()));
  if (!isSigned) return unsignedAt(tokens, from);
  const read = unsignedAt(tokens, from + 1);
  // `-2^2` is read in two ways.
  if (read === undefined || tokens.slice(from + 1, read.end).some(({ kind }) => kind === "power"))
    return isPowerOfTen(tokens, from + 1) && read ? signed(read, first) : undefined;
  return signed(read, first);
}

const signed = (read: Read, { text }: Token): Read =>
  text === "+" ? read : { ...read, value: negated(read.value) };
/** `-3 x 10^5` is read in one. */
const isPowerOfTen = (tokens: readonly Token[], at: number): boolean => tokens[at + 1]?.kind !== "power";

function unsignedAt(tokens: readonly Token[], from: number): Read | undefined {
  const spelled = spelledAt(tokens, from);
  if (spelled !== undefined) return spelled;
  const first = primaryAt(tokens, from);
  return first && sized(tokens, dividedAt(tokens, timesTenAt(tokens, first)));
}

/** A number alone: `5`, `2 3/4`, `2½`, `2^{10}`, `(5)`. */
function primaryAt(tokens: readonly Token[], from: number): Read | undefined {
  const first = tokens[from];
  if (first?.kind === "(") {
    const within = tokens[from + 1] === undefined ? undefined : expressionAt(tokens, from + 1);
    if (within === undefined || tokens[within.end]?.kind !== ")") return undefined;
    return raised(tokens, { ...within, end: within.end + 1 });
  }
  if (first?.kind !== "number") return undefined;
  return mixedAt(tokens, from) ?? raised(tokens, { value: first.value!, end: from + 1 }, first.isFraction);
}

function raised(tokens: readonly Token[], base: Read, isFraction = false): Read | undefined {
  const power = tokens[base.end];
  if (power?.kind !== "power" || power.spaced) return base;
  const value =
    isFraction || tokens[base.end + 1]?.kind === "power"
      ? undefined
      : powerOf(base.value, Number(power.text));
  return value === undefined ? undefined : { value, end: base.end + 1 };
}

function mixedAt(tokens: readonly Token[], from: number): Read | undefined {
  const whole = tokens[from]!;
  if (whole.isFraction) return undefined;
  const skip = tokens[from + 1]?.text.toLowerCase() === "and" ? 2 : 1;
  const part = tokens[from + skip];
  if (part?.kind !== "number") return undefined;
  const [over, below] = [tokens[from + skip + 1], tokens[from + skip + 2]];
  if (part.isFraction) return valued(mixed(whole.value!, part.value!), from + skip + 1);
  const isClose =
    over?.text === "/" && !over.spaced && below?.kind === "number" && !below.spaced && part.spaced;
  if (!isClose || below.isFraction || tokens[from + skip + 3]?.text === "/") return undefined;
  const quotientOf = quotient(part.value!, below.value!);
  return quotientOf === undefined ? undefined : valued(mixed(whole.value!, quotientOf), from + skip + 3);
}

const valued = (value: string | undefined, end: number): Read | undefined =>
  value === undefined ? undefined : { value, end };

/** `3 x 10^5`; what is not followed by a power of ten is as it was. */
function timesTenAt(tokens: readonly Token[], read: Read): Read {
  const [times, ten, power] = tokens.slice(read.end, read.end + 3);
  const isTimes = times?.text === "*" || times?.text.toLowerCase() === "x";
  if (!isTimes || ten?.value !== "10" || power?.kind !== "power") return read;
  const value = shifted(read.value, Number(power.text));
  return value === undefined ? read : { value, end: read.end + 3 };
}

/** `3/4`, `3 / -4`; dates and quotients of quotients are left as they are, which nothing reads. */
function dividedAt(tokens: readonly Token[], read: Read): Read {
  if (tokens[read.end]?.text !== "/") return read;
  const sign = tokens[read.end + 1]?.text === "-" ? 1 : 0;
  const at = read.end + 1 + sign;
  const below = tokens[at]?.isFraction ? undefined : primaryAt(tokens, at);
  if (below === undefined || tokens[below.end]?.text === "/" || tokens[below.end]?.kind === "power")
    return read;
  const value = quotient(read.value, sign === 1 ? negated(below.value) : below.value);
  return value === undefined ? read : { value, end: below.end };
}

/** `1.5 million`, `3 hundred thousand`. */
function sized(tokens: readonly Token[], read: Read): Read | undefined {
  let { value, end } = read;
  for (;;) {
    const word = tokens[end]?.kind === "word" ? tokens[end]!.text.toLowerCase() : "";
    const zeros =
      sizes.get(word) ??
      (word.endsWith("s") && word !== "hundreds" ? sizes.get(word.slice(0, -1)) : undefined);
    if (zeros === undefined) return { value, end };
    const larger = shifted(value, zeros);
    if (larger === undefined) return undefined;
    value = larger;
    end++;
  }
}

/** `twenty-five`, `two hundred and six`, `a thousand`; undefined where no such word stands. */
function spelledAt(tokens: readonly Token[], from: number): Read | undefined {
  const wordAt = (at: number): string => (tokens[at]?.kind === "word" ? tokens[at]!.text.toLowerCase() : "");
  const start = wordAt(from);
  const isOne = (start === "a" || start === "an") && sizes.has(wordAt(from + 1));
  // `one` is more often somebody.
  if (!isOne && (!small.has(start) || (start === "one" && !isOneAlone(tokens, from)))) return undefined;
  let [total, group, end] = [0n, isOne ? 1n : 0n, isOne ? from + 1 : from];
  let unit = 100;
  for (; end < tokens.length; end++) {
    const word = wordAt(end);
    const number = small.get(word);
    const zeros = sizes.get(word);
    if (number !== undefined && (number < 10 ? unit > 1 : unit > 10)) {
      group += BigInt(number);
      unit = number < 20 ? 1 : 10;
    } else if (zeros === 2 && group > 0n) {
      group *= 100n;
      unit = 100;
    } else if (zeros !== undefined && group > 0n) {
      total += group * 10n ** BigInt(zeros);
      group = 0n;
      unit = 100;
    } else if (!(isJoint(tokens[end]!, word) && small.has(wordAt(end + 1)) && end > from)) break;
  }
  const value = quotient(String(total + group), "1");
  return value === undefined ? undefined : { value, end };
}
/** The hyphen of `twenty-five`, the `and` of `two hundred and six`. */
const isJoint = ({ text, spaced }: Token, word: string): boolean =>
  (text === "-" && !spaced) || word === "and";
const isOneAlone = (tokens: readonly Token[], at: number): boolean => {
  const next = tokens[at + 1];
  return next === undefined || sizes.has(next.text.toLowerCase()) || (at === 0 && tokens.length <= 2);
};

/** Why what comes after a number cannot be left out; undefined where it can: a unit, and what is said about it. */
function unreadTail(tokens: readonly Token[], from: number): NoValue | undefined {
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
      } else if (subordinate.has(word) && (!isFirst || subordinateAtOnce.has(word))) subordinated = true;
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
    if (kind === "power" && before.kind === "word" && !spaced) continue;
    if (kind === "(" && !isFirst) continue;
    if (kind === "(" && next?.kind === "word") continue;
    return "unparsed";
  }
  return undefined;
}

/** `10 to the power of 5`. */
const isPowerAfter = (tokens: readonly Token[], at: number): boolean =>
  tokens.slice(at + 1, at + 4).some(({ text }) => /^powers?$/i.test(text));
const isSignedNumber = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.kind === "sign" && tokens[at + 1] !== undefined && isNumeric(tokens[at + 1]!);

/** The last number of a sentence without an equation, where what stands around it leaves it alone. */
function lastOf(tokens: readonly Token[]): Value {
  const last = tokens.findLastIndex(isNumeric);
  let start = last;
  // A fraction, a mixed number and a power have several numbers: the longest reading that ends with the last.
  for (let from = Math.max(0, last - 6); from <= last; from++) {
    if (tokens[from]!.kind !== "number" && tokens[from]!.kind !== "(") continue;
    const read = unsignedAt(tokens, from);
    if (read !== undefined && read.end > last) {
      start = from;
      break;
    }
  }
  const sign = tokens[start - 1];
  const isSigned =
    sign?.kind === "sign" &&
    /^[-+]$/.test(sign.text) &&
    !tokens[start]!.spaced &&
    (tokens[start - 2] === undefined || sign.spaced || tokens[start - 2]!.kind === "(");
  const from = isSigned ? start - 1 : start;
  const refused = unreadHead(tokens, from);
  if (refused !== undefined) return { noValue: refused };
  const read = expressionAt(tokens, from);
  if (read === undefined || read.end <= last) return unparsed;
  const tail = unreadTail(tokens, read.end);
  return tail === undefined ? { value: read.value } : { noValue: tail };
}

/** Why a number cannot be taken out of what stands before it. */
function unreadHead(tokens: readonly Token[], from: number): NoValue | undefined {
  const before = tokens[from - 1];
  if (before === undefined) return undefined;
  const { kind, text } = before;
  const word = text.toLowerCase();
  const earlier = hasNumber(tokens.slice(0, from));
  if (kind === "bad" || kind === "power" || kind === "factorial" || kind === "number") return "unparsed";
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
