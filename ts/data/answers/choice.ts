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
import { type AnswerRule, type Asked, type ExtractMode, ruleOf } from "./rule.ts";
import { lettersFound, type Strength } from "./statements.ts";

const patterns: Readonly<Record<ExtractMode, string>> = {
  strict: String.raw`#### \(?([A-Za-z])(?:[).:]|[ \t]*$), the first`,
  flexible:
    "the last of `answer is (B)`, `Answer: B`, `correct option is b)`, `(B) is correct`, `\\boxed{B}`, `#### B`; with none, B alone at the end; with none, an option named by its text; with none, the last `option B`",
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
export function extractChoice(text: string, mode: ExtractMode, choices?: Question["choices"]): string | null {
  const letters = new Set(lettersOf(choices));
  if (mode === "strict") {
    const letter = /#### \(?([A-Za-z])(?:[).:]|[ \t]*$)/m.exec(text)?.[1]?.toUpperCase();
    return letter !== undefined && letters.has(letter) ? letter : null;
  }
  const statements = lettersFound(text, letters);
  const last = (strength: Strength): string | undefined =>
    statements.findLast((statement) => statement.strength === strength)?.letter;
  return last("stated") ?? last("alone") ?? byText(text, choices) ?? last("named") ?? null;
}

/** An answer as rows have it: `B`, `(B)`, `b)`, `B) 18`. */
const letterOf = (answer: string): string | undefined =>
  /^\s*\(?([A-Za-z])(?:[).:]|\s*$)/.exec(answer)?.[1]?.toUpperCase();

/** Whether an extracted letter is the letter of an answer. */
export function sameChoice(extracted: string, answer: string): boolean {
  const letter = letterOf(extracted);
  return letter !== undefined && letter === letterOf(answer);
}

export const choiceRule: AnswerRule = ruleOf({
  kind: "choice",
  patterns,
  read: (text, mode, question?: Asked) => ({
    answer: extractChoice(text, mode, question?.choices),
    seen: [],
  }),
  sameAnswer: sameChoice,
});

/** An option's text without the letter that rows put before it: `A)32400`. */
const optionText = (choice: string): string => choice.replace(/^\s*\(?[A-Za-z]\s?[).:]\s*/, "");

const stated = /#### |\\f?boxed\s?\{|\banswer\b[^.:=\n]{0,40}?(?::|=|\bis\b)(?!\s+not\b)/gi;
/** Characters that are looked at of what a statement says. */
const reach = 200;

/** The letter of the one option whose text the last statement of an answer, or the last line, gives. */
function byText(text: string, choices: Question["choices"]): string | undefined {
  if (choices === undefined) return undefined;
  const options = choices.slice(0, mostOptions).map(optionText);
  const saying = [...text.matchAll(stated)].map(({ index, 0: phrase }) => {
    const line = text.slice(index + phrase.length, index + phrase.length + reach).split("\n", 1)[0]!;
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
    .replaceAll(/[\s$*`"']/g, "")
    .replace(/[.]{1,3}$/, "");
const isNumeral = (text: string): boolean => text.length <= 40 && /^[-−]?[\d.,]+(?:\/\d+)?%?$/.test(text);
