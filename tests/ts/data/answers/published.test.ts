/**
 * The published rules, on all that is published. Whoever has the data sets names their folders: AFT_GSM8K with train.jsonl
 * and test.jsonl (Cobbe et al., 2021), AFT_AQUA with dev.json and test.json (Ling et al., 2017).
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { extractNumber, rightAsPublished, sameNumber } from "../../../../ts/data/answers/index.ts";
import { choiceRule, extractBoth } from "../../../../ts/data/index.ts";
import { golden } from "../golden.ts";

describe("right answers of GSM8K", () => {
  it.each([
    // text, right by the dataset's own code, right here; the answer is 18
    ["#### 18", true, true],
    ["so.\n#### 18\n#### 19", true, true],
    ["#### 1,8", true, true],
    ["#### 18.", false, true],
    ["#### 18.00", false, true],
    ["#### 018", false, true],
    ["#### $18", false, false],
    ["####18", false, false],
    ["18", false, false],
    ["#### 18.5", false, false],
    ["#### -18", false, false],
  ])("%j: published %s, here %s", (text, published, here) => {
    expect(rightAsPublished(text, "18")).toBe(published);
    const found = extractNumber(text, "strict");
    expect(found !== null && sameNumber(found, "18")).toBe(here);
  });

  it("are right here wherever they are by the published code", () => {
    const texts = golden<{ text: string }>("answers/cases.jsonl").map(({ text }) => text);
    const answers = ["0", "3", "18", "1800", "-2", "0.5"];
    const all = [...texts, ...answers.map((answer) => `#### ${answer}`)];
    const published = all.flatMap((text) =>
      answers.filter((answer) => rightAsPublished(text, answer)).map((answer) => ({ text, answer })),
    );
    expect(published.length).toBeGreaterThanOrEqual(answers.length);
    for (const { text, answer } of published)
      expect(sameNumber(extractNumber(text, "strict")!, answer)).toBe(true);
  });
});

const rowsOf = <T>(folder: string, file: string): T[] =>
  readFileSync(join(folder, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
const has = (folder: string | undefined, ...files: string[]): folder is string =>
  folder !== undefined && files.every((file) => existsSync(join(folder, file)));

const gsm8k = process.env.AFT_GSM8K;
describe.skipIf(!has(gsm8k, "train.jsonl", "test.jsonl"))("GSM8K as it was published", () => {
  it.each(["train.jsonl", "test.jsonl"])("%s: every row's answer is found by both rules", (file) => {
    const missed = rowsOf<{ answer: string }>(gsm8k!, file).filter(({ answer }) => {
      const gold = answer
        .slice(answer.lastIndexOf("#### ") + 5)
        .replaceAll(",", "")
        .trim();
      return (["strict", "flexible"] as const).some((mode) => {
        const found = extractNumber(answer, mode);
        return found === null || !sameNumber(found, gold);
      });
    });
    expect(missed).toEqual([]);
  });
});

const aqua = process.env.AFT_AQUA;
describe.skipIf(!has(aqua, "dev.json", "test.json"))("AQuA as it was published", () => {
  it("dev and test: no rationale is read as another letter than its own, and few as none", () => {
    const rows = ["dev.json", "test.json"].flatMap((file) =>
      rowsOf<{ rationale: string; correct: string; options: string[] }>(aqua!, file),
    );
    const read = rows.map(
      ({ rationale, correct: answer, options: choices }) =>
        extractBoth(choiceRule, rationale, { answer, choices }).flexible,
    );
    expect(read.filter(({ correct, extracted }) => !correct && extracted !== null)).toEqual([]);
    expect(read.filter(({ extracted }) => extracted === null).length).toBeLessThan(0.04 * rows.length);
  });
});
