/** Where a text states a number as its answer, and what stands there. Linear in the text: each look ahead is bounded, and ends at the next statement. */

import { type Value, valueAlone, valueSaid, valueWithin } from "./reading/value.ts";
import { withoutEnding } from "./run-on.ts";

export interface Statement {
  at: number;
  /** The end of what is said. */
  end: number;
  /** What makes it one, as it is written: `####`, `\boxed{`, `<answer>`, `answer is`. */
  by: string;
  said: string;
  /** `retracted`: `the answer is not ...`. */
  kind: "mark" | "box" | "tag" | "phrase" | "label" | "heading" | "retracted";
}

/** Characters after a mark or a phrase that are looked at; a number is never cut in two. */
const reach = 300;

const beginning =
  /#{4,}[ \t]?|\\(?:f?boxed|fbox)\s?\{|<(?:final[_ -]?)?answer>|(?<![\p{L}\d_</])(?:answers?|ans|final (?:result|value|number|amount|total|cost|price|count|solution|output)|答案|答え|réponse|respuesta|resposta|risposta|antwort|ответ)(?![\p{Script=Latin}\d_>])/giu;
/** From such a word to what is said: `to the question is`, ` (in km):`. */
const link =
  /[^.:：=\n<>?\\{]{0,40}?(?:[:：=]|(?<!\p{L})(?:is|are|was|would be|must be|should be|will be|comes to|equals|est|es|ist)(?!\p{L}|['’])|是|为|為)/iuy;
const label = /^[ \t]*[*_]*[ \t]*$/;
const retracting = /^\s*(?:not|never|no longer|n['’]t)\b/i;
const negative = /(?<!\p{L})(?:isn['’]t|is not|cannot be|can['’]t be|wasn['’]t)(?!\p{L})/iuy;
/** `answer key: 1-C`, `my confidence in this answer: 0.9`: of the answer, and not the answer. */
const aside =
  /confiden|certain|sure|probab|score|check|verif|step|time|length|token|option|choice|key|sheet|format|explan|reason|grade|point|page|rating|likel/i;
const checking =
  /\b(?:check|verify|checking|verifying|confirm|confidence in|sure of|about)\s(?:(?:the|my|our|this|that)\s)?(?:final\s)?$/i;

/** All statements, in the order of the text, from a place on. */
export function statementsOf(text: string, from = 0): Statement[] {
  const begins = [...text.matchAll(beginning)].filter(({ index }) => index >= from);
  return begins.flatMap((match, at) => statementAt(text, match, begins[at + 1]?.index ?? text.length) ?? []);
}

/** The lines of `#### `, in the form in which GSM8K has them. */
export function marksOf(text: string): Statement[] {
  const marks = [...text.matchAll(/#### /g)];
  return marks.map(({ index: at }, count) => ({
    ...{ kind: "mark", at, by: "####" },
    ...restOfLine(text, at + 5, marks[count + 1]?.index ?? text.length),
  }));
}

function statementAt(text: string, match: RegExpExecArray, next: number): Statement | undefined {
  const { index: at, 0: word } = match;
  const after = at + word.length;
  if (word.startsWith("#")) return { kind: "mark", at, by: word.trim(), ...restOfLine(text, after, next) };
  if (word.startsWith("\\") || word.startsWith("<")) {
    const kind = word.startsWith("<") ? "tag" : "box";
    const { said, end } = kind === "tag" ? upToTag(text, after) : upToBrace(text, after, next);
    // What is stated within it says what it says.
    return end > next ? undefined : { kind, at, by: word, said, end };
  }
  if (checking.test(text.slice(Math.max(0, at - 40), at))) return undefined;
  const line = restOfLine(text, after, next).said;
  if (label.test(line) && text[after + line.length] === "\n")
    return headed(text, at, word, after + line.length, next);
  link.lastIndex = after;
  const linked = link.exec(text)?.[0];
  const by = `${word}${linked ?? ""}`;
  if (linked === undefined || after + linked.length > next || aside.test(linked)) return negated(text, match);
  const from = after + linked.length;
  if (retracting.test(text.slice(from, from + 20)) || negative.test(linked))
    return { kind: "retracted", at, end: from, by, said: "" };
  const rest = restOfLine(text, from, next);
  const isLabel = /[:：]$/.test(linked);
  const isEmpty = /^[\s*_`$:[\]\\()-]*$/.test(rest.said) && text[rest.end] === "\n";
  if (isEmpty) return headed(text, at, by, rest.end, next);
  return { kind: isLabel ? "label" : "phrase", at, by, ...rest };
}

/** `the answer isn't 5`. */
function negated(text: string, { index: at, 0: word }: RegExpExecArray): Statement | undefined {
  const from = at + word.length;
  negative.lastIndex = from + 1;
  const match = negative.exec(text)?.[0];
  return match === undefined
    ? undefined
    : { kind: "retracted", at, end: from, by: `${word} ${match}`, said: "" };
}

/** `**Answer:**`, an empty line, then a line with the answer alone. */
function headed(text: string, at: number, by: string, lineEnd: number, next: number): Statement | undefined {
  let from = lineEnd;
  for (let lines = 0; lines < 4 && text[from] === "\n"; lines++) {
    const { said, end } = restOfLine(text, from + 1, text.length);
    if (!/^[\s*_`$\\[\]()-]*$/.test(said))
      return from + 1 > next ? undefined : { kind: "heading", at, by, said, end };
    from = end;
  }
  return undefined;
}

function restOfLine(text: string, from: number, next: number): { said: string; end: number } {
  const part = text.slice(from, Math.min(next, withWholeNumber(text, from + reach)));
  const line = withoutEnding(part.split(/\n|<\/(?:answer|final)/i, 1)[0]!);
  return { said: line, end: from + line.length };
}

function withWholeNumber(text: string, at: number): number {
  let end = at;
  while (/[\d.,]/.test(text[end] ?? "")) end++;
  return end;
}

/** What stands in braces; what is not closed is taken as far as it goes, and a brace says so. */
function upToBrace(text: string, from: number, next: number): { said: string; end: number } {
  const end = Math.min(text.length, withWholeNumber(text, from + reach));
  let depth = 1;
  for (let at = from; at < Math.min(end + 1, next + 1, text.length); at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return { said: text.slice(from, at), end: at };
  }
  return { said: `${text.slice(from, end)}\\{`, end };
}

function upToTag(text: string, from: number): { said: string; end: number } {
  const part = text.slice(from, withWholeNumber(text, from + reach));
  const close = part.search(/<\/(?:answer|final)/i);
  // The end of the tag may have been the text's.
  const said = close >= 0 ? part.slice(0, close) : part.split("\n", 1)[0]!;
  return { said, end: from + said.length };
}

/** A heading of Markdown: `#### Step 1`. */
const isHeading =
  /^[\s*_]*(?:step|part|question|problem|case|example|method|approach|solution|phase|stage|section|note|option)s?\b[^=]*$/i;
/** Said to be the answer, and no number. */
const isNone =
  /^[\s*_:]*(?:none|no (?:solution|answer|real)|undefined|unknown|infinit|impossible|indeterminate|does not exist|nothing|not )/i;

/** The number that a statement states; undefined where it states nothing that has to do with one. */
export function valueStated({ kind, said }: Statement): Value | undefined {
  if (kind === "retracted" || said.trim() === "") return undefined;
  if (kind === "box" || kind === "tag") return valueWithin(said);
  if (kind === "heading")
    return valueAlone(said) ?? (isNone.test(said) ? { noValue: "unparsed" } : undefined);
  if (kind === "mark" && isHeading.test(said)) return undefined;
  return valueSaid(said) ?? (isNone.test(said) ? { noValue: "unparsed" } : undefined);
}
