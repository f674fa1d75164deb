/**
 * The number that a stated answer is. All of what is stated is read: a number, its unit, what is said about it. What is not
 * understood makes it `unparsed`, several numbers `ambiguous`; neither is ever a number.
 */
import { type NoValue, unreadHead, unreadTail } from "./around.ts";
import { expressionAt, isNegative, spelledAt, unsignedAt } from "./expression.ts";
import { type Token, tokensOf } from "./lexer.ts";
import { hasNumber, isNumeric, isSymbol, sentenceOf, sentencesOf } from "./sentences.ts";
import { approximate, changing, clauses, copulas, labels, quantities, reasons, small } from "./words.ts";

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
  // `18, since x = 9`
  const clause = clauseBefore(tokens, first);
  if (clause !== undefined) {
    const stated = valueIn(tokens.slice(0, clause)) ?? unparsed;
    // `After 3 days, x = 10`
    return stated.isWorking ? ambiguous : stated;
  }
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

/** Where a remark begins after a number and before this place: at a comma and a word, or at a word like because. */
function clauseBefore(tokens: readonly Token[], place: number): number | undefined {
  const at = tokens.findIndex(
    ({ kind, text }, index) =>
      index < place &&
      (kind === "comma" || kind === "break"
        ? tokens[index + 1]?.kind === "word"
        : clauses.has(text.toLowerCase())) &&
      hasNumber(tokens.slice(0, index)),
  );
  return at < 0 ? undefined : at;
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
  const isItem = /^\s*(?:[-–—+]\s|\d{1,2}[.)]\s+[-$\d])/.test(line);
  if (isItem && /^(?:sign|number)$/.test(tokens[0]?.kind ?? "")) return ambiguous;
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
  if (equals < 0) return lastOf(tokens);
  if (last < equals || isUnsolved(tokens, equals)) return unparsed;
  const value = solvesSeveral(tokens) ? ambiguous : (rightOf(tokens, equals) ?? unparsed);
  // `She gets 18 because x = 9`
  const clause = tokens.findLastIndex(({ text }) => reasons.has(text.toLowerCase()));
  const isReason = clause >= 0 && clause < equals && hasNumber(tokens.slice(0, clause));
  return isReason && lastOf(tokens.slice(0, clause)).value !== value.value ? ambiguous : value;
}

/** `a = 5, b = 6`: each a letter's value, right after each other. */
function solvesSeveral(tokens: readonly Token[]): boolean {
  const solved = tokens.flatMap((token, at) => {
    const letter = tokens[at - 1];
    return isEquals(token) && letter?.kind === "word" && letter.text.length === 1
      ? [{ at, letter: letter.text }]
      : [];
  });
  const [a, b] = solved.slice(-2);
  return a !== undefined && b !== undefined && a.letter !== b.letter && b.at - a.at <= 5;
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
      if (changing.has(word) && hasNumber(tokens)) return unparsed;
      if (labels.has(word) && next !== undefined && isNumeric(next)) return unparsed;
      // `x: 5` and `x is 5` name it, `x 5` reckons with it.
      const isNamed = next?.kind === "break" || copulas.has(next?.text.toLowerCase() ?? "");
      if (isSymbol(text) && !isNamed) return unparsed;
      ordinary ||= !approximate.has(word);
    } else if (kind === "bad" || kind === "power" || kind === "factorial") return unparsed;
  }
  if (at === tokens.length)
    return tokens.some(({ kind, text }) => kind === "word" && quantities.has(text.toLowerCase()))
      ? unparsed
      : undefined;
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
