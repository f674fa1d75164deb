import { describe, expect, it } from "vitest";
import { type PromptSettings, promptSettings, taskSchema } from "../../../ts/config/index.ts";
import type { Question } from "../../../ts/core/records.ts";
import { fewShotSplits, promptDigest, promptOf, putQuestion, taskNamed } from "../../../ts/data/index.ts";

const task = taskNamed("gsm8k");
const question = (id: string, text: string, reference?: string): Question => ({
  id,
  task: "gsm8k",
  question: text,
  answer: "4",
  ...(reference === undefined ? {} : { reference }),
});
const asked = question("q", "2 + 2?");
const solved = [question("a", "1 + 1?", "1 + 1 = 2\n#### 2"), question("b", "0 + 1?", "#### 1")];
const settings = (some: Partial<PromptSettings>): PromptSettings => ({
  template: "plain",
  fewShot: 0,
  stop: [],
  ...some,
});

describe("a question is put", () => {
  it("plainly, in the task's own form", () => {
    expect(putQuestion(asked, task, settings({}))).toBe("Question: 2 + 2?\nAnswer:\n");
  });

  it("with solved examples before it, each as it would be answered", () => {
    expect(putQuestion(asked, task, settings({ fewShot: 2 }), solved)).toBe(
      "Question: 1 + 1?\nAnswer:\n1 + 1 = 2\n#### 2\n\nQuestion: 0 + 1?\nAnswer:\n#### 1\n\nQuestion: 2 + 2?\nAnswer:\n",
    );
  });

  it("as an instruction, the sentence in front once", () => {
    const put = putQuestion(asked, task, settings({ template: "alpaca", system: "Solve it." }), solved);
    expect(put).toBe(
      "Solve it.\n\n### Instruction:\n1 + 1?\n\n### Response:\n1 + 1 = 2\n#### 2\n\n" +
        "### Instruction:\n0 + 1?\n\n### Response:\n#### 1\n\n### Instruction:\n2 + 2?\n\n### Response:\n",
    );
    expect(putQuestion(asked, task, settings({ template: "alpaca" }))).toMatch(
      /^Below is an instruction .*\n\n### Instruction:\n2 \+ 2\?\n\n### Response:\n$/,
    );
  });

  it("in a text of the user's own, whatever signs the question holds", () => {
    const own = settings({ template: "text", text: "Q: {question}\nA:" });
    expect(putQuestion({ ...asked, question: "$& {question} $1" }, task, own)).toBe(
      "Q: $& {question} $1\nA:",
    );
  });

  it("as a conversation, for the model's own chat template", () => {
    const chat = settings({ template: "chat", system: "Think.", fewShot: 1 });
    expect(putQuestion(asked, task, chat, solved.slice(0, 1))).toEqual([
      { role: "system", content: "Think." },
      { role: "user", content: "1 + 1?" },
      { role: "assistant", content: "1 + 1 = 2\n#### 2" },
      { role: "user", content: "2 + 2?" },
    ]);
  });
});

it("the prompt that a question carries counts, else the plain one", () => {
  expect(promptOf({ ...asked, prompt: "own" }, task)).toBe("own");
  expect(promptOf(asked, task)).toBe("Question: 2 + 2?\nAnswer:\n");
});

describe("examples in front of a prompt", () => {
  const splits = { train: [...solved, asked], validation: [], test: [asked] };

  it("are drawn by the seed and not trained on", () => {
    const { splits: left, examples } = fewShotSplits(splits, 1, 1);
    expect(examples).toHaveLength(1);
    expect(left.train).toEqual(splits.train.filter((one) => one !== examples[0]));
    expect(left.test).toEqual([asked]);
    expect(fewShotSplits(splits, 1, 1).examples).toEqual(examples);
    const drawn = [1, 2, 3, 4, 5, 6].map((seed) => fewShotSplits(splits, 1, seed).examples[0]!.id);
    expect(new Set(drawn)).toEqual(new Set(["a", "b"]));
  });

  it("need a reference each", () => {
    expect(() => fewShotSplits(splits, 3, 1, "gsm8k")).toThrow(
      "gsm8k: too few solved training questions for the examples in front of each prompt\n" +
        "  found: 2\n  expected: at least 3, or a smaller fewShot",
    );
  });
});

describe("prompt settings", () => {
  const parsed = (prompt: unknown) => taskSchema.safeParse({ task: "gsm8k", prompt }).data?.prompt;

  it("may be a template's name, or a map", () => {
    expect(promptSettings(parsed("chat")!)).toEqual({ template: "chat", fewShot: 0, stop: [] });
    expect(promptSettings(parsed({ fewShot: 4, stop: ["Q:"] })!)).toEqual({
      template: "plain",
      fewShot: 4,
      stop: ["Q:"],
    });
    expect(promptSettings(parsed({ text: "{question} =" })!)).toEqual({
      template: "text",
      text: "{question} =",
      fewShot: 0,
      stop: [],
    });
  });

  it("of the user's own hold the question's place once", () => {
    expect(parsed({ text: "no place" })).toBeUndefined();
    expect(parsed({ text: "{question} {question}" })).toBeUndefined();
    expect(parsed({ text: "{question}", template: "chat" })).toBeUndefined();
  });
});

it("equal prompts have an equal digest; another order, or another cut between two, has another", () => {
  expect(promptDigest(["a", "b"])).toBe(promptDigest(["a", "b"]));
  expect(promptDigest(["b", "a"])).not.toBe(promptDigest(["a", "b"]));
  expect(promptDigest(["ab", ""])).not.toBe(promptDigest(["a", "b"]));
});
