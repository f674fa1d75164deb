/**
 * What AFT's rule for numbers makes of texts. Rows on standard input, as JSON lines `{gold?, text}`; the same rows come back with
 * `gold`, as it is understood or null, `found` and `noAnswer`. Without input (`--forms`): every form of the test
 * suite at every place, `{form, place, expected, text, found, noAnswer}`.
 */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { answerRuleOf } from "../../../ts/data/index.ts";

const rule = answerRuleOf({ kind: "number" });
const read = (written: string) => {
  const { answer, noAnswer } = rule.read(written, "flexible");
  return { found: answer, noAnswer };
};

const places: Record<string, (form: string) => string> = {
  "after `####`": (form) => `#### ${form}`,
  "in `\\boxed{}`": (form) => `So the answer is $\\boxed{${form}}$.`,
  "in a sentence": (form) => `The answer is ${form.replace(/\.$/, "")}.`,
  "with text after it": (form) => `The answer is ${form.replace(/\.$/, "")}.\nI checked this 3 times.`,
  "between tags, with text after it": (form) => `<answer>${form}</answer>\nConfidence: 0.9`,
};

const lines = (written: string) =>
  written
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const forms = () =>
  lines(
    readFileSync(new URL("../../../tests/golden/data/numbers/forms.jsonl", import.meta.url), "utf8"),
  ).flatMap(({ form, number }) =>
    Object.entries(places).map(([place, put]) => ({ form, place, expected: number, text: put(form) })),
  );

const rows = process.argv.includes("--forms") ? forms() : lines(await text(process.stdin));
for (const { gold, ...row } of rows) {
  const understood = gold === undefined ? {} : { gold, understood: rule.readCell(gold).answer };
  process.stdout.write(`${JSON.stringify({ ...row, ...understood, ...read(row.text) })}\n`);
}
