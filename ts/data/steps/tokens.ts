/**
 * What stands in a line of a solution, token by token: numbers, signs and brackets, and everything that shows where an
 * expression begins and ends, or that it is not what it looks like. What is not known here is `unreadable`.
 *
 * Answers have a lexer of their own (`../answers/reading/lexer.ts`). That one makes one value of a short text that states it, or
 * none: it rewrites the text first, and drops what bears nothing on a value. Here it is open what `1.000` is until the whole
 * equation has been read, and currency, spaces, places and doubt decide where an equation begins: one lexer for both would
 * keep all of that for readers that want none of it. What both do with numbers is `../answers/fraction.ts`.
 */
import { type Numeral, negative, numeralAt } from "./numerals.ts";

export type Operator = "+" | "-" | "*" | "/";

interface Place {
  /** As it is spelled in an equation: a number in its normal form, `*` for every sign of a product. */
  text: string;
  /** A space stands before it, or nothing. */
  spaced: boolean;
  /** It could also mean something else: an equation that is not true by it is not called wrong. */
  doubtful?: boolean;
}

export type Token = Place &
  (
    | ({ kind: "number"; currency?: string } & Numeral)
    | { kind: "operator"; text: Operator; tight: boolean }
    | { kind: OtherKind }
  );
type OtherKind = "(" | ")" | "%" | "word" | "break" | "unreadable";

const signs: readonly [Operator, string][] = [
  ["+", "+＋"],
  ["-", "-‐‑‒–−﹣－"],
  ["*", "*×∗·⋅∙"],
  ["/", "/÷∕⁄"],
];
const operatorOf = new Map(signs.flatMap(([sign, written]) => [...written].map((one) => [one, sign])));
const commandSigns = new Map<string, Operator>([
  ["\\times", "*"],
  ["\\cdot", "*"],
  ["\\div", "/"],
]);

const space = /[^\S\n]+|\\[,;:! ]|~|\\(?:left|right|displaystyle|q?quad)(?![a-zA-Z])/y;
const currency = /\\?\$|[€£¥₹¢]/y;
const command = /\\(?:[a-zA-Z]+|.)/y;
const textCommand = /\\(?:text|mathrm|textbf)\s?\{\s*([^{}\s]*)[^{}]*\}/y;
/** A name may have digits in it: `day2`, `H2O`. */
const word = /[\p{L}_][\p{L}\p{M}\p{N}_]*(?:['’]\p{L}+)*/uy;
const breaks = /<<|>>|\*\*|[,.;:!?"“”„‘’'`«»{}[\]…]/y;
/** Marks before a step or after it; without a space around they could be anything. */
const bullets = /[→⇒∴•●▪◦‣►➤✓✔|—―>]|\p{Extended_Pictographic}\uFE0F?/uy;
const timesSign = /[xX](?=\s*[$€£]?\s*[\d.(¼-¾⅐-⅞])/y;

const isLatin = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
/** Of the others in ASCII, those that white space, a currency, a name or a command begins with. */
const mayBegin: ReadonlySet<number> = new Set([..."\t\v\f\r\\~$_"].map((sign) => sign.charCodeAt(0)));

/** Of the last part: between two `=` it is the right side of one and the left side of the next. */
let known: { text: string; tokens: readonly Token[] } = { text: "", tokens: [] };

/** The tokens of one line's part, in which no `=` stands. Linear in it. */
export function tokenize(text: string): readonly Token[] {
  if (known.text !== text) known = { text, tokens: new Reader(text).tokens() };
  return known.tokens;
}

class Reader {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #spaced = true;
  #currency: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  tokens(): Token[] {
    while (this.#at < this.#text.length) this.#next();
    return this.#tokens;
  }

  #next(): void {
    const character = this.#text[this.#at]!;
    if (character === " ") {
      this.#at++;
      this.#spaced = true;
      return;
    }
    const numeral = numeralAt(this.#text, this.#at);
    const sign = operatorOf.get(character);
    if (numeral !== undefined) this.#number(numeral.value, numeral.end);
    else if (sign !== undefined && !this.#text.startsWith("**", this.#at)) {
      this.#at++;
      this.#operator(sign);
    } else if (character === "(" || character === ")" || character === "%") this.#other(character, character);
    else this.#rest();
  }

  /** What is not in most lines. */
  #rest(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (isLatin(code)) this.#letters();
    else if (code < 128 && !mayBegin.has(code)) this.#mark();
    else this.#anything();
  }

  #letters(): void {
    if (this.#followsValue() && this.#take(timesSign) !== undefined)
      this.#operator("*", !this.#spaced && this.#isLikeName());
    else this.#push({ kind: "word", text: this.#take(word)!, spaced: this.#spaced });
  }

  #anything(): void {
    if (this.#take(space) !== undefined) {
      this.#spaced = true;
      return;
    }
    const money = this.#take(currency);
    const name = money === undefined ? this.#take(word) : undefined;
    if (money !== undefined) this.#money(money.at(-1)!);
    else if (name !== undefined) this.#push({ kind: "word", text: name, spaced: this.#spaced });
    else if (this.#text[this.#at] === "\\") this.#command();
    else this.#mark();
  }

  #mark(): void {
    const mark = this.#take(breaks);
    const bullet = mark === undefined ? this.#take(bullets) : undefined;
    const next = this.#text.slice(this.#at, this.#at + 2);
    // A power, or bold print.
    const isPower = mark === "**" && this.#followsValue() && /^ ?[\d.(]/.test(next);
    const isApart = bullet !== undefined && (this.#spaced || !/^\S/.test(next));
    if (mark === undefined && bullet === undefined)
      this.#other("unreadable", String.fromCodePoint(this.#text.codePointAt(this.#at)!));
    else {
      const isBreak = isApart || (mark !== undefined && !isPower);
      this.#push({ kind: isBreak ? "break" : "unreadable", text: (mark ?? bullet)!, spaced: this.#spaced });
    }
  }

  #command(): void {
    textCommand.lastIndex = this.#at;
    const said = textCommand.exec(this.#text);
    if (said !== null) {
      this.#at += said[0].length;
      this.#push({ kind: "word", text: said[1]!, spaced: true });
      return;
    }
    const written = this.#take(command) ?? this.#text[this.#at++]!;
    const sign = commandSigns.get(written);
    const kind = written === "\\%" ? "%" : /^\\[()[\]\\]$/.test(written) ? "break" : "unreadable";
    if (sign !== undefined) this.#operator(sign);
    else this.#push({ kind, text: kind === "%" ? "%" : written, spaced: this.#spaced });
  }

  /** Before its number, or after it (`5€`). */
  #money(sign: string): void {
    const last = this.#tokens.at(-1);
    const isAfter = last?.kind === "number" && last.currency === undefined;
    if (isAfter && !/^\s*[\d.]/.test(this.#text.slice(this.#at, this.#at + 3))) last.currency = sign;
    else this.#currency = sign;
  }

  #number(numeral: Numeral | undefined, end: number): void {
    const start = this.#at;
    this.#at = end;
    if (numeral === undefined) {
      this.#push({ kind: "unreadable", text: this.#text.slice(start, end), spaced: this.#spaced });
      return;
    }
    const sign = this.#sign();
    const spaced = sign?.spaced ?? this.#spaced;
    const { text, point, comma, decimals, digits, doubtful } =
      sign === undefined ? numeral : negative(numeral);
    const token: Token = { kind: "number", text, point, comma, decimals, spaced };
    if (digits !== undefined) token.digits = digits;
    if (doubtful !== undefined) token.doubtful = doubtful;
    if (this.#currency !== undefined) token.currency = this.#currency;
    this.#push(token);
  }

  /** A minus that can only be the sign of the number that follows; it is taken away. */
  #sign(): Token | undefined {
    const last = this.#tokens.at(-1);
    if (last?.kind !== "operator" || last.text !== "-" || !last.tight) return undefined;
    const before = this.#tokens.at(-2);
    const isSign =
      before === undefined || before.kind === "operator" || before.kind === "(" || before.kind === "break";
    return isSign ? this.#tokens.pop() : undefined;
  }

  #operator(sign: Operator, doubtful = false): void {
    const tight = /\S/.test(this.#text[this.#at] ?? "");
    const token: Token = { kind: "operator", text: sign, spaced: this.#spaced, tight };
    this.#push(doubtful ? { ...token, doubtful } : token);
  }

  #other(kind: OtherKind, text: string): void {
    this.#at += text.length;
    this.#push({ kind, text, spaced: this.#spaced });
  }

  #push(token: Token): void {
    this.#tokens.push(token);
    this.#spaced = false;
    this.#currency = undefined;
  }

  /** `2x (3 + 1)` has a product in it, or a variable; `0x10` is a number in another notation. */
  #isLikeName(): boolean {
    return !/[\d$€£]/.test(this.#text[this.#at] ?? "") || this.#tokens.at(-1)?.text === "0";
  }

  #followsValue(): boolean {
    const kind = this.#tokens.at(-1)?.kind;
    return kind === "number" || kind === ")" || kind === "%";
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
