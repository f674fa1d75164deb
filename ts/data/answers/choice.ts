/**
 * The letter of an option as the final answer. A letter counts where something says that it is one: a word before or
 * after it, brackets, bold type, or its standing alone. The article `a` and the word `I` are no letters.
 *
 * Where a text says several things, the strongest kind of statement counts, and of one kind the last: a model that
 * corrects itself ("The answer is B. No: the answer is C.") means what it says in the end. A statement that is taken
 * back without another ("The answer is not B") says nothing.
 */
import type { Question } from "../../core/records.ts";
import { sameRational } from "./number.ts";
import {
  type AnswerRule,
  type Asked,
  type ExtractMode,
  type Reading,
  ruleOf,
  type Seen,
  shown,
} from "./rule.ts";
import {
  afterThinking,
  asksAgain,
  beginsLine,
  lineCounter,
  openings,
  optionsListed,
  withoutEnding,
} from "./run-on.ts";
import { lettersFound, type Stated, type Strength } from "./statements.ts";

const patterns: Readonly<Record<ExtractMode, string>> = {
  strict: String.raw`#### \(?([A-Za-z])(?:[).:]|[ \t]*$), the first, in bold type too; several letters are none`,
  flexible:
    "the last of `answer is (B)`, `Answer: B`, `correct option is b)`, `(B) is correct`, `\\boxed{B}`, `<answer>B</answer>`, `#### B`; with none, B alone at the end; with none, an option named by its text; with none, the last `option B`; several letters are none, and what follows another question is its own",
};

/** Options where a question does not list its own: A to E. */
const usualOptions = 5;
/** Options that one letter each can name. */
const mostOptions = 26;

/** The letters that a question's options have. */
export const lettersOf = (choices: Question["choices"]): string[] =>
  Array.from({ length: Math.min(choices?.length ?? usualOptions, mostOptions) }, (_, at) =>
    String.fromCharCode(65 + at),
  );

/** The option's letter, a capital; null when none is stated, or none that the question has. */
function readChoice(written: string, mode: ExtractMode, choices: Question["choices"]): Reading {
  // As long as before, so that places stay.
  const text = written.replaceAll(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  if (mode === "strict") return readMarked(text, choices);
  const from = afterThinking(text);
  return readStated(text.slice(0, from).replaceAll(/[^\n]/g, " ") + text.slice(from), choices);
}

const notFound = (seen: readonly Seen[]): Reading => ({ answer: null, noAnswer: "not found", seen });
const severalIn = (said: string, seen: readonly Seen[]): Reading => ({
  ...{ answer: null, noAnswer: "ambiguous", unread: shown(said), seen },
});

const marked = /#### ([^\n]{0,200})/g;
const markedLetter = /^[*_ \t]{0,4}\(?([A-Za-z])(?:[).:]|[*_ \t]*$)/;

function readMarked(text: string, choices: Question["choices"]): Reading {
  const letters = new Set(lettersOf(choices));
  const line = lineCounter(text);
  const seen: Seen[] = [];
  for (const { index, 1: rest = "" } of text.matchAll(marked)) {
    const said = withoutEnding(rest);
    const letter = markedLetter.exec(said)?.[1]?.toUpperCase();
    const here = { line: line(index), by: "####", said: shown(said) };
    if (letter !== undefined && letters.has(letter)) {
      const [stated] = lettersFound(`#### ${said}`, letters);
      const isSeveral = stated !== undefined && stated.letter === undefined;
      const doubt = isSeveral ? "several letters" : otherOption(said, letter, choices);
      seen.push({ ...here, ...(doubt === undefined ? { answer: letter } : { why: doubt }), decides: true });
      return doubt === undefined ? { answer: letter, seen } : severalIn(said, seen);
    }
    seen.push({ ...here, why: "no letter of an option alone" });
  }
  return notFound(seen);
}

function readStated(text: string, choices: Question["choices"]): Reading {
  const letters = new Set(lettersOf(choices));
  const found = lettersFound(text, letters);
  const first = found.find(({ strength }) => strength === "stated");
  const cut = runOn(text, letters, found);
  const line = lineCounter(text);
  const stated = found.map((statement) => ({
    statement,
    seen: {
      ...{ line: line(statement.at), by: byWords[statement.strength], said: shown(statement.said) },
      ...(statement.letter === undefined ? { why: "several letters" } : { answer: statement.letter }),
      ...(statement.at >= cut ? { why: "after another question" } : {}),
    } as Seen,
  }));
  const seen = stated.map((one) => one.seen);
  const within = cut < text.length ? lettersFound(text.slice(0, cut), letters) : found;
  const last = (strength: Strength): Stated | undefined =>
    within.findLast((statement) => statement.strength === strength);
  const byText = optionByText(text.slice(0, cut), choices);
  const deciding = last("stated") ?? last("alone") ?? (byText === undefined ? last("named") : undefined);
  if (deciding === undefined) {
    if (byText === undefined) return notFound(seen);
    seen.push({ line: 1, by: "an option's text", said: byText, answer: byText, decides: true });
    return { answer: byText, seen };
  }
  for (const one of stated) if (one.statement.at === deciding.at) one.seen.decides = true;
  const { letter, said, at } = deciding;
  const isAskedAgain =
    first?.letter !== undefined && first.letter !== letter && asksAgain(text.slice(first.at, at));
  // `Answer: A` under a question: that question's.
  if (isAskedAgain && beginsLine(text, at) && /^(?:answer|ans)\b\W{0,4}:/i.test(said))
    return { answer: first.letter!, seen };
  if (letter === undefined || isAskedAgain) return severalIn(said, seen);
  const doubt = otherOption(text.slice(at, at + 200), letter, choices);
  return doubt === undefined ? { answer: letter, seen } : severalIn(said, seen);
}

const byWords: Readonly<Record<Strength, string>> = {
  stated: "said to be the answer",
  alone: "the letter that the text ends in",
  named: "an option is spoken of",
};

/** The place from which on a text is another question's. */
function runOn(text: string, letters: ReadonlySet<string>, found: readonly Stated[]): number {
  const first = found.find(({ strength }) => strength === "stated");
  const opened = openings(text);
  // `B`, and then another question.
  const isAnswered = (at: number): boolean =>
    (first !== undefined && first.at < at) ||
    lettersFound(text.slice(0, at), letters).some(({ strength }) => strength !== "named");
  if (opened[0] !== undefined && isAnswered(opened[0])) return opened[0];
  if (first === undefined) return text.length;
  const next = opened.find((at) => at > first.at) ?? text.length;
  // Its options, and then their letter.
  const listed = optionsListed(text, first.at) ?? text.length;
  const isListed = found.some(({ at, strength }) => strength === "stated" && at > listed);
  const lineEnd = text.indexOf("\n", first.at);
  return Math.min(next, isListed && lineEnd >= 0 ? lineEnd : text.length);
}

/** What stands after a letter is another option's text, word for word: `B) 24%` where that is C. */
function otherOption(said: string, letter: string, choices: Question["choices"]): string | undefined {
  if (choices === undefined) return undefined;
  const text = new RegExp(`(?<![A-Za-z\\d])${letter}[).:]+[*_)]{0,3}[ \\t]+([^\\n]{1,200})`, "i").exec(
    said,
  )?.[1];
  if (text === undefined) return undefined;
  const fitting = choices.flatMap((choice, at) =>
    sameText(optionText(choice), text) ? [lettersOf(choices)[at]] : [],
  );
  return fitting.length > 0 && !fitting.includes(letter) ? "the text of another option" : undefined;
}

/** An answer as rows have it: `B`, `(B)`, `b)`, `B) 18`. */
const letterOf = (answer: string): string | undefined =>
  /^\s*\(?([A-Za-z])(?:[).:]|\s*$)/.exec(answer)?.[1]?.toUpperCase();

/** Whether an extracted letter is the letter of an answer. */
function sameChoice(extracted: string, answer: string): boolean {
  const letter = letterOf(extracted);
  return letter !== undefined && letter === letterOf(answer);
}

export const choiceRule: AnswerRule = ruleOf({
  kind: "choice",
  patterns,
  read: (text, mode, question?: Asked) => readChoice(text, mode, question?.choices),
  sameAnswer: sameChoice,
});

/** An option's text without the letter that rows put before it: `A)32400`. */
const optionText = (choice: string): string => choice.replace(/^\s*\(?[A-Za-z]\s?[).:]\s*/, "");

const stated = /#### |\\(?:f?boxed|fbox)\s?\{|<answer>|\banswer\b[^.:=\n]{0,40}?(?::|=|\bis\b)(?!\s+not\b)/gi;
/** Characters that are looked at of what a statement says. */
const reach = 200;

/** The letter of the one option whose text the last statement of an answer, or the last line, gives. */
function optionByText(text: string, choices: Question["choices"]): string | undefined {
  if (choices === undefined) return undefined;
  const options = choices.slice(0, mostOptions).map(optionText);
  const saying = [...text.matchAll(stated)].map(({ index, 0: phrase }) => {
    const line = text.slice(index + phrase.length, index + phrase.length + reach).split(/\n|<\//, 1)[0]!;
    return phrase.includes("{") ? line.slice(0, Math.max(0, line.lastIndexOf("}"))) : line;
  });
  const end = text.trimEnd();
  const lastLine = end.slice(Math.max(end.lastIndexOf("\n") + 1, end.length - reach));
  // `x + y = 18` gives 18.
  const ending = lastLine.slice(lastLine.lastIndexOf("=") + 1);
  for (const said of [saying.at(-1), lastLine, ending]) {
    if (said === undefined) continue;
    const fitting = options.flatMap((option, at) => (sameText(option, said) ? [at] : []));
    if (fitting.length === 1) return String.fromCharCode(65 + fitting[0]!);
  }
  return undefined;
}

/** Equal but for case, spaces, `$`, `*`, and a closing stop; or both one number and nothing else. */
function sameText(option: string, said: string): boolean {
  const [a, b] = [bare(option), bare(said)];
  if (a === "") return false;
  return a === b || (isNumeral(a) && isNumeral(b) && sameRational(a, b));
}

const bare = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[\s$*`"'\\{}]/g, "")
    .replace(/[.]{1,3}$/, "");
const isNumeral = (text: string): boolean => text.length <= 40 && /^[-−]?[\d.,]+(?:\/\d+)?%?$/.test(text);
