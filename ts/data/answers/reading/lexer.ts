/**
 * What is written where an answer stands, as tokens: plain text, Markdown, HTML and LaTeX, the signs of Unicode. What bears
 * nothing on a number (bold type, currency) is left out; what may, and is not known, is `bad`, so that it is never
 * read over. Each rule is tried at each place once, and none tries one stretch in two ways.
 */
import { normalForm, vulgarFraction, vulgarFractions } from "../fraction.ts";
import { decimalOf, negated, quotient } from "./numeral.ts";
import { plain } from "./plain.ts";

export interface Token {
  kind:
    | "number"
    | "power" // an exponent: `^5`, `^{-2}`, `⁵`, `**3`; its text is `5`, `-2`
    | "sign" // one of + - — * / ~
    | "equals" // = ≈ → and the like
    | "word"
    | "percent"
    | "comma"
    | "break" // ; :
    | "stop" // the end of a sentence or of a line
    | "factorial"
    | "("
    | ")"
    | "bad";
  text: string;
  /** White space stands before it, or something that was left out. */
  spaced: boolean;
  /** Of a number: its normal form. */
  value?: string;
  /** Whether a number is written as one sign or command: `¾`, `\frac{3}{4}`. */
  isFraction?: boolean;
}

type Made = Omit<Token, "spaced">;

/** Where a rule is: the text, the place, and the tokens before it. */
interface Place {
  text: string;
  at: number;
  tokens: readonly Token[];
  spaced: boolean;
}

/** What it makes of a match; undefined: it is left out. */
type Rule = readonly [pattern: RegExp, make: (match: RegExpExecArray, place: Place) => Made | undefined];

const leftOut = (): undefined => undefined;
const as =
  (kind: Token["kind"], text?: string) =>
  ([whole]: RegExpExecArray): Made => ({ kind, text: text ?? whole });

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const signs: Readonly<Record<string, string>> = {
  ...{ "×": "*", "✕": "*", "✖": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "⁄": "/", "∕": "/", "―": "—" },
};

/** LaTeX's commands that bear nothing on a value, and those that are an operator. */
const silent =
  /^(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|bf|rm|it|tt|small|large|Large|huge|boxed|fbox|quad|qquad|thinspace|enspace|space|therefore|checkmark|circ|degree|text[a-z]*|math(?:rm|bf|it|sf|tt|normal)|mbox|hbox|operatorname|emph|underline|ensuremath|bm|boldsymbol|dollar|pounds|euro|par|newline|blacksquare|square)$/;
const operators: Readonly<Record<string, Made>> = {
  times: { kind: "sign", text: "*" },
  cdot: { kind: "sign", text: "*" },
  div: { kind: "sign", text: "/" },
  approx: { kind: "equals", text: "≈" },
  simeq: { kind: "equals", text: "≈" },
  ...Object.fromEntries(
    "equiv to rightarrow Rightarrow implies longrightarrow Longrightarrow"
      .split(" ")
      .map((name) => [name, { kind: "equals", text: "=" } as const]),
  ),
};

/** Words after which a point ends no sentence. */
const abbreviation = /^(?:approx|rs|ca|no|nr|vs|ft|sq|cu|[eigc]|mr|mrs|dr|st|est|inr|usd)$/i;

/** `5x10^3` */
const timesPower: Rule = [/(?<=\d)[xX](?=10(?:\^|\*\*|[⁻⁰¹²³⁴-⁹]))/y, as("word")];
const latinWord: Rule = [
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}][\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}\d]*(?:['’]\p{L}+)*/uy,
  as("word"),
];
const spaces: Rule = [/[^\S\n]+/y, leftOut];
const lineEnd: Rule = [/\n/y, as("stop")];
const decimal: Rule = [
  /(?:\d+(?:[,.'’ʼ_]\d+|[\p{Zs}\t]\d{3}(?!\d))*|(?<![\d\p{L}])\.\d+)(?:[eE][+-]?\d{1,3}(?!\w|\.\d))?/uy,
  ([written], { text, at }) => {
    const value = decimalOf(written);
    // `0.3...`, `0.3̅`, `0.(3)`
    const goesOn = /^(?:\.[.(\\]|…|\p{M})/u.test(text.slice(at + written.length, at + written.length + 2));
    if (value === undefined || goesOn) return { kind: "bad", text: written };
    return { kind: "number", text: written, value };
  },
];

/** Each place is read by the first that matches there; the last one always does. */
export const rules: readonly Rule[] = [
  timesPower,
  latinWord,
  spaces,
  lineEnd,
  decimal,
  [
    new RegExp(`[${vulgarFractions}↉]`, "y"),
    ([sign]) => fractionToken(sign, normalForm(vulgarFraction(sign))),
  ],
  [
    /\\[dtc]?frac\s?(?:\{([^{}]{1,120})\}|(\d))\s?(?:\{([^{}]{1,120})\}|(\d))/y,
    ([whole, a, b, c, d]) => fractionToken(whole, quotientOf((a ?? b)!, (c ?? d)!)),
  ],
  [/\^\s?(?:\{\s?(?:\\circ|[°∘])\s?\}|\\circ|[°∘])/y, leftOut],
  [
    /(?:\^|(?<=\d)\*\*(?=[\d({-]))\s?(?:\{\s?([+-]?\s?\d{1,4})\s?\}|\(\s?([+-]?\d{1,4})\s?\)|([+-]?\d{1,4}))(?!\d|\.\d)/y,
    ([, a, b, c]) => ({ kind: "power", text: (a ?? b ?? c)!.replaceAll(/[\s+]/g, "") }),
  ],
  [/[⁺⁻]?[⁰¹²³⁴-⁹]{1,4}/y, ([raised]) => ({ kind: "power", text: lowered(raised) })],
  [/\\\\/y, as("stop")],
  [/\\[[\]()]/y, leftOut],
  [/\\([a-zA-Z]+)/y, ([whole, name]) => commandToken(whole, name!)],
  [/\\[{}]/y, as("bad")],
  [/\p{L}[\p{L}\p{M}]*/uy, as("word")],
  [/\.{2,}|…+/y, as("stop")],
  // Inequalities: `>=`, `!=`.
  [/~~|[<>!]=|=</y, as("bad")],
  // `a_5`
  [/(?<=[\p{L}\d)}])_(?=[\p{L}\d{\\])/uy, as("bad")],
  [/[-=]{1,3}>|:=|={1,3}|[≡→⇒⟹⟶➜∴]/y, as("equals", "=")],
  [/[≈≃≅]/y, as("equals", "≈")],
  [/\*+/y, ([stars], place) => (isTimes(stars, place) ? { kind: "sign", text: "*" } : undefined)],
  [
    /\./y,
    (_, { text, at, tokens, spaced }) => {
      const last = tokens.at(-1);
      const isClose = last?.kind === "word" && !spaced;
      if (isClose && abbreviation.test(last.text)) return undefined;
      // `v1.2`
      return { kind: isClose && /\d/.test(text[at + 1] ?? "") ? "bad" : "stop", text: "." };
    },
  ],
  // `5!` may be a factorial, or delight.
  [/(?<=[\d)])!/y, as("factorial")],
  [/[!?]/y, as("stop")],
  [/&/y, as("word", "and")],
  [/[-+/~—]/y, as("sign")],
  [/[×✕✖·⋅∙÷⁄∕―]/y, ([sign]) => ({ kind: "sign", text: signs[sign]! })],
  [/%/y, as("percent")],
  [/[,、،]/y, as("comma")],
  [/[;:]/y, as("break")],
  [/\(/y, as("(")],
  [/\)/y, as(")")],
  [/[°℃℉\p{Sc}]/uy, leftOut],
  [/[|@^<>‰]|[\p{Sm}\p{N}\p{M}]/uy, as("bad")],
  // Quotation marks, brackets, Markdown's signs, pictures.
  [/./suy, leftOut],
];

/** Of most characters the first letter tells which rule it is: the first of {@link rules} that can match there, and does. */
export const firstRules: readonly (readonly Rule[])[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[xX]/.test(character)) return [timesPower, latinWord];
  if (/[a-zA-Z]/.test(character)) return [latinWord];
  if (character === "\n") return [lineEnd];
  if (/\s/.test(character)) return [spaces];
  return /\d/.test(character) ? [decimal] : rules;
});

export function tokensOf(written: string): Token[] {
  const text = plain(written);
  const tokens: Token[] = [];
  let spaced = false;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 32) {
      spaced = true;
      at++;
      continue;
    }
    for (const [pattern, make] of firstRules[code] ?? rules) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) continue;
      const made = make(match, { text, at, tokens, spaced });
      if (made !== undefined) tokens.push(Object.assign(made, { spaced }));
      // `-$5` is written close.
      spaced = made === undefined && (spaced || !/^\p{Sc}$/u.test(match[0]));
      at += match[0].length;
      break;
    }
  }
  return tokens;
}

const fractionToken = (text: string, value: string | undefined): Made =>
  value === undefined ? { kind: "bad", text } : { kind: "number", text, value, isFraction: true };

const lowered = (raised: string): string =>
  raised
    .replace("⁻", "-")
    .replace("⁺", "")
    .replaceAll(/[⁰¹²³⁴-⁹]/g, (digit) => String(superscripts.indexOf(digit)));

function commandToken(text: string, name: string): Made | undefined {
  const operator = operators[name];
  if (operator !== undefined) return { ...operator };
  return silent.test(name) ? undefined : { kind: "bad", text };
}

/** Whether a star multiplies, and is no mark of Markdown: `5 * 2`, `5*2`. */
function isTimes(stars: string, { text, at, tokens }: Place): boolean {
  const last = tokens.at(-1);
  if (stars.length > 1 || last === undefined || last.kind === "stop") return false;
  const [before, after] = [text[at - 1] ?? " ", text[at + 1] ?? " "];
  return /\s/.test(before) ? /\s/.test(after) : /[\w)}]/.test(before) && /[\w({\\]/.test(after);
}

function quotientOf(above: string, below: string): string | undefined {
  const [a, b] = [signedDecimal(above), signedDecimal(below)];
  return a === undefined || b === undefined ? undefined : quotient(a, b);
}

function signedDecimal(written: string): string | undefined {
  const tokens = tokensOf(written);
  const isNegative = tokens[0]?.kind === "sign" && tokens[0].text === "-";
  const [number, ...rest] = isNegative ? tokens.slice(1) : tokens;
  if (number?.value === undefined || rest.length > 0) return undefined;
  return isNegative ? negated(number.value) : number.value;
}
