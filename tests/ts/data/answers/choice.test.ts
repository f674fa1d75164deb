import { describe, expect, it } from "vitest";
import { choiceRule, lettersOf } from "../../../../ts/data/answers/index.ts";
import { judge, type Task, taskNamed } from "../../../../ts/data/index.ts";
import { golden } from "../golden.ts";

interface Case {
  text: string;
  choices?: string[];
  strict: string | null;
  flexible: string | null;
}

describe("option letters", () => {
  it.each(golden<Case>("choices/cases.jsonl"))(
    "$text of $choices: strict $strict, flexible $flexible",
    (example) => {
      expect(choiceRule.extract(example.text, "strict", { choices: example.choices })).toBe(example.strict);
      expect(choiceRule.extract(example.text, "flexible", { choices: example.choices })).toBe(
        example.flexible,
      );
    },
  );

  it("are as many as there are options, A to E where none are listed, and never more than 26", () => {
    expect(lettersOf(undefined).join("")).toBe("ABCDE");
    expect(lettersOf(["1", "2"]).join("")).toBe("AB");
    expect(lettersOf(Array.from({ length: 40 }, String))).toHaveLength(26);
  });

  it("are compared as letters, in whatever form a row has the answer", () => {
    expect(
      ["B", "b", "(B)", "b)", "B) 18", " B. "].map((answer) => choiceRule.sameAnswer("B", answer)),
    ).toEqual(Array.from({ length: 6 }, () => true));
    expect(choiceRule.sameAnswer("B", "C")).toBe(false);
    expect(choiceRule.sameAnswer("B", "Bananas")).toBe(false);
  });

  it("come from the question's own options under the rule", () => {
    expect(choiceRule.extract("The answer is 18", "flexible", { choices: ["12", "18"] })).toBe("B");
    expect(choiceRule.extract("The answer is 18", "flexible")).toBeNull();
  });

  it("are judged with the question's options in view", () => {
    const task: Task = { ...taskNamed("gsm8k"), ...choiceRule };
    const question = { id: "q", task: "gsm8k", question: "?", answer: "B", choices: ["A)12", "B)18"] };
    const texts = ["#### B", "The answer is 18", "The answer is A", "The answer is C", "I do not know"];
    const candidates = texts.map((text, index) => ({ questionId: "q", index, text }));
    const { groups, counts } = judge([question], candidates, { task, extract: "flexible" });
    expect(groups[0]!.candidates.map(({ extracted, correct }) => [extracted, correct])).toEqual([
      ["B", true],
      ["B", true],
      ["A", false],
      [null, false],
      [null, false],
    ]);
    expect(counts).toMatchObject({ correct: 2, wrong: 1, noAnswer: 2, correctStrict: 1, correctFlexible: 2 });
    expect(groups[0]!.choices).toEqual(question.choices);
  });

  it.each([
    ["answers", "answer is ".repeat(100_000)],
    ["words for an answer", "answer ".repeat(140_000)],
    ["spaces after one", `answer${" ".repeat(1_000_000)}`],
    ["spaces", `${" ".repeat(1_000_000)}x`],
    ["spaces after a letter", `#### x${" ".repeat(1_000_000)}y`],
    ["brackets", "(".repeat(1_000_000)],
    ["stars", "*".repeat(1_000_000)],
    ["boxes", "\\boxed{".repeat(140_000)],
    ["lines", "answer:\n".repeat(100_000)],
  ])("are looked for in a megabyte of %s in one pass", (_name, text) => {
    expect(choiceRule.extract(text, "flexible", { choices: ["12", "18"] })).toBeNull();
    expect(choiceRule.extract(text, "strict", { choices: ["12", "18"] })).toBeNull();
  });
});
