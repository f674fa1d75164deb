import type { CustomTask } from "../../../config/index.ts";
import { defined } from "../../../core/defined.ts";
import type { Problem } from "../../../core/errors.ts";
import {
  type AnswerRule,
  answerRuleOf,
  type ExtractMode,
  lettersOf,
  outcomeOf,
} from "../../answers/index.ts";
import { noText } from "../../sources/source.ts";

/** The rule by which this task's answers are found and compared. */
export const ruleOf = ({ answer }: CustomTask): AnswerRule => answerRuleOf(answer, "tasks: answer.pattern");

/** The answer of a row in the form that the rule compares, or what is wrong with it. */
export function answerOf(
  value: unknown,
  choices: string[] | undefined,
  { answer, columns }: CustomTask,
  rule: AnswerRule,
): string | Problem {
  const what = `column ${columns.answer}`;
  const isNested = typeof value === "object" && value !== null;
  if (isNested && !(answer.kind === "choice" && answer.countFrom !== undefined))
    return noText(`${what}: no answer`, columns.answer, value, "text or a number");
  if (answer.kind === "choice") return letterOf(value, choices ?? [], answer.countFrom, what);
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.trim() === "")
    return { what: `${what}: no answer`, found: value, expected: "text or a number" };
  const { answer: read, noAnswer } = rule.readCell(text);
  if (read !== null) return read;
  return {
    what: `${what}: ${whyNot[noAnswer ?? "not found"]}`,
    found: value,
    expected: "one number, or a last line `#### NUMBER`",
  };
}

const whyNot = {
  "not found": "no number in it",
  ambiguous: "several numbers in it",
  unparsed: "not understood as one number",
} as const;

/** What the rule finds; null where it finds nothing, or its pattern reaches its time limit. */
export const extracted = (
  rule: AnswerRule,
  text: string,
  mode: ExtractMode = "strict",
  choices?: string[],
): string | null => outcomeOf(rule, text, mode, { answer: "", ...defined({ choices }) }).extracted;

/** A number, or a cell that holds one and nothing else; where a column has gaps some programs write 1 as `1.0`. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\s*\d+(?:\.0+)?\s*$/.test(value) ? Number(value) : undefined;
}

function letterOf(
  value: unknown,
  choices: readonly string[],
  countFrom: 0 | 1 | undefined,
  what: string,
): string | Problem {
  const letters = lettersOf([...choices]);
  if (countFrom !== undefined) {
    const number = numberOf(value);
    const letter = number === undefined ? undefined : letters[number - countFrom];
    if (letter !== undefined) return letter;
    const last = countFrom + letters.length - 1;
    const wrong = number === undefined ? "no number" : "no option has this number";
    return { what: `${what}: ${wrong}`, found: value, expected: `${countFrom} to ${last}` };
  }
  if (!["string", "number", "boolean"].includes(typeof value) || String(value).trim() === "")
    return {
      what: `${what}: no answer`,
      found: value,
      expected: `a letter from ${letters[0] ?? "A"} to ${letters.at(-1) ?? "E"}, or an option's text`,
    };
  const text = typeof value === "string" ? value.trim() : "";
  const letter = /^\(?([A-Za-z])[).:]?$/.exec(text)?.[1]?.toUpperCase();
  if (letter !== undefined && letters.includes(letter)) return letter;
  const same = choices.flatMap((choice, at) =>
    choice.trim() === String(value).trim() ? [letters[at]!] : [],
  );
  if (same.length === 1) return same[0]!;
  return {
    what: `${what}: ${same.length > 1 ? "several options have this text" : "no option is this one"}`,
    found: value,
    expected: `a letter from ${letters[0] ?? "A"} to ${letters.at(-1) ?? "E"}, or an option's text`,
    fix: typeof value === "number" ? "answer: {kind: choice, countFrom: 0} (or 1) reads numbers" : undefined,
  };
}
