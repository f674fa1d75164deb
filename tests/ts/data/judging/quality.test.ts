import { describe, expect, it } from "vitest";
import type { Question } from "../../../../ts/core/records.ts";
import { groupSchema } from "../../../../ts/core/records.ts";
import { judge, longestJudged, type Task, taskNamed } from "../../../../ts/data/index.ts";

// Cat buys 7 boxes of 4 keys and 4 bags of 6 figs.
const arithmeticQuestion: Question = {
  id: "a",
  task: "arithmetic",
  question: "Cat buys 7 boxes of 4 keys and 4 bags of 6 figs. How many things are there in all?",
  answer: "52",
  problem: {
    form: "clean",
    name: "Cat",
    maxTotal: 99,
    items: [
      { operation: "multiply", count: 7, each: 4, container: "boxes", thing: "keys" },
      { operation: "multiply", count: 4, each: 6, container: "bags", thing: "figs" },
    ],
  },
};
const gsm8kQuestion: Question = { id: "g", task: "gsm8k", question: "How many?", answer: "72" };

const samplesOf = ({ id }: Question, texts: readonly string[]) =>
  texts.map((text, index) => ({ questionId: id, index, text }));
function judged(question: Question, texts: readonly string[], task: Task | string = question.task) {
  return judge([question], samplesOf(question, texts), { task, extract: "strict", feedback: "ranked" });
}
const ranksOf = (question: Question, texts: readonly string[]) =>
  judged(question, texts).groups[0]!.candidates.map(({ rank }) => rank);

describe("ranked feedback", () => {
  it("goes by the answer, then by whether all lines are right, then by the lines before the first error", () => {
    expect(
      ranksOf(arithmeticQuestion, [
        "4 * 6 = 25\n#### 7", // wrong from its first line
        "4 * 6 = 24\n7 * 4 = 28\n24 + 28 = 52\n#### 52", // all right
        "4 * 6 = 24\n1 + 1 = 2\n#### 52", // lucky: one line right
        "4 * 6 = 24\n7 * 4 = 28\n24 + 28 = 51\n#### 51", // two lines right
        "7 * 4 = 28\n4 * 6 = 24\n28 + 24 = 52\n#### 52", // all right, in another order
        "1 + 1 = 2\n#### 52", // lucky: no line right
        "7 * 4 = 28\n24 * 28 = 7\n#### 7", // one line right
        "4 * 6 = 24\n7 * 4 = 28\n24 + 28 = 52", // three lines right, but no answer
        "", // nothing
      ]),
    ).toEqual([7, 1, 2, 5, 1, 3, 6, 4, 7]);
  });

  it("of GSM8K goes by the answer, then by the share of the equations that are true", () => {
    expect(
      ranksOf(gsm8kQuestion, [
        "48/2 = <<48/2=24>>24\n48+24 = <<48+24=72>>72\n#### 72", // both true
        "48/2 = <<48/2=25>>25\n48+24 = <<48+24=72>>72\n#### 72", // one of two
        "It is 72.\n#### 72", // no step is shown
        "48*2 = <<48*2=90>>90\n#### 72", // none of one
        "48/2 = <<48/2=24>>24\n#### 24", // wrong answer, true equation
        "48/3 = <<48/3=15>>15\n#### 15", // wrong answer, false equation
      ]),
    ).toEqual([1, 2, 3, 3, 4, 5]);
  });

  it("ranks no wrong COT above a right one, and equal texts alike", () => {
    const texts = ["48/2 = 24\n#### 24", "48/2 = 23\n#### 72", "48/2 = 24\n#### 24"];
    expect(ranksOf(gsm8kQuestion, texts)).toEqual([2, 1, 2]);
  });

  it("gives a COT that was not looked at no rank", () => {
    const endless = `${"1 + 1 = 2\n".repeat(longestJudged / 10)}#### 72`;
    const [group] = judged(gsm8kQuestion, [endless, "48/2 = 24\n#### 24"]).groups;
    expect(group!.candidates.map(({ rank, noAnswer }) => [rank, noAnswer])).toEqual([
      [undefined, "too long"],
      [1, undefined],
    ]);
  });

  it("counts the groups with a better and a worse COT, also where no answer is right", () => {
    const wrong = judged(gsm8kQuestion, ["48/2 = 24\n#### 24", "48/2 = 23\n#### 24"]);
    expect(wrong.counts).toMatchObject({ paired: 0, onlyNegative: 1, pairedByRank: 1 });
    const alike = judged(gsm8kQuestion, ["#### 24", "#### 25"]);
    expect(alike.counts).toMatchObject({ pairedByRank: 0 });
  });

  it("changes nothing else of what is judged", () => {
    const texts = ["48/2 = 24\n#### 24", "48+24 = 72\n#### 72"];
    const ranked = judged(gsm8kQuestion, texts);
    const binary = judge([gsm8kQuestion], samplesOf(gsm8kQuestion, texts), {
      task: "gsm8k",
      extract: "strict",
    });
    const without = ranked.groups.map(({ ranking: _, ...group }) => ({
      ...group,
      candidates: group.candidates.map(({ rank: _, ...rest }) => rest),
    }));
    expect(without).toEqual(binary.groups);
    expect(binary.counts).not.toHaveProperty("pairedByRank");
    expect(groupSchema.parse(ranked.groups[0])).toEqual(ranked.groups[0]);
  });
});

describe("what cannot be ranked is refused", () => {
  it("where the task knows right and wrong only", () => {
    const { quality: _, ...plain } = taskNamed("gsm8k");
    expect(() => judged(gsm8kQuestion, ["#### 72"], plain)).toThrow(
      'this task knows right and wrong answers only: it cannot rank COTs by their steps\n  found: "gsm8k"\n  expected: one of arithmetic, gsm8k, gsm8k-rank, custom, or binary feedback',
    );
  });

  it("where a question lacks what its steps are checked by, all such questions at once", () => {
    const { problem: _, ...bare } = arithmeticQuestion;
    const rows = [bare, { ...bare, id: "b" }].map((value, at) => ({
      value,
      where: `questions.jsonl:${at + 1}`,
    }));
    const run = (feedback: "binary" | "ranked") =>
      judge(rows, [], { task: "arithmetic", extract: "strict", feedback });
    expect(() => run("ranked")).toThrow(
      [
        "questions.jsonl:1: the COTs of this question cannot be ranked: it lacks what their steps are checked by",
        '  found: "a"',
        "  expected: a question as the task arithmetic makes it, or binary feedback",
        "questions.jsonl:2: the COTs of this question cannot be ranked",
      ].join("\n"),
    );
    expect(() => run("ranked")).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(() => run("binary")).not.toThrow();
  });
});
