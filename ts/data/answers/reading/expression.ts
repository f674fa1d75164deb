/** One number at one place of a sentence, in every form that is understood. */
import type { Token } from "./lexer.ts";
import { mixed, negated, powerOf, quotient, shifted } from "./numeral.ts";
import { sizes, small } from "./words.ts";

export const isNegative = (word: string): boolean => word === "negative" || word === "minus";

export interface Read {
  value: string;
  end: number;
}

/** A number with its sign, at this place. Undefined where there is none, or one that is not understood. */
export function expressionAt(tokens: readonly Token[], from: number): Read | undefined {
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

export function unsignedAt(tokens: readonly Token[], from: number): Read | undefined {
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
export function spelledAt(tokens: readonly Token[], from: number): Read | undefined {
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
