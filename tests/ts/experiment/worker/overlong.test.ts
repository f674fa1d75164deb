import { expect, test } from "vitest";
import { overlong, refuseOverlong } from "../../../../ts/experiment/worker/overlong.ts";

/** A tokenizer of words, which remembers what it was asked. */
function words() {
  const asked: string[] = [];
  const count = async (texts: readonly string[]) => {
    asked.push(...texts);
    return texts.map((text) => text.split(" ").length);
  };
  return { asked, count };
}
const group = (id: string, prompt: string, ...responses: string[]) => ({
  id,
  prompt,
  responses: responses.map((text) => ({ text, target: true })),
});

test("a prompt and a response that fill all positions but the last fit, with one word more they do not", async () => {
  const { count } = words();
  const pieces = [
    { id: "fits", texts: ["one two", "three four"] },
    { id: "longer", texts: ["one two", "three four five six"] },
    { id: "long", texts: ["one two", "three four five"] },
  ];
  expect(await overlong(pieces, 5, count)).toEqual([
    { id: "longer", tokens: 7 },
    { id: "long", tokens: 6 },
  ]);
});

test("what has fewer bytes than the model has positions is not tokenised, and nothing is where there is no limit", async () => {
  const { asked, count } = words();
  expect(await overlong([{ id: "a", texts: ["äöü", "x"] }], 8, count)).toEqual([]);
  expect(asked).toEqual([]);
  await overlong([{ id: "a", texts: ["äöü", "xy"] }], 8, count);
  expect(asked).toEqual(["äöü", "xy"]);
  expect(await overlong([{ id: "a", texts: ["a b c d e f"] }], 0, count)).toEqual([]);
});

test("training says before its first step how many solutions are too long, which, and what to do", async () => {
  const { count } = words();
  const groups = [
    group("q1", "How many are there?", "one", "one and two are three and that is all"),
    group("q2", "How many?", "one"),
    ...["q3", "q4", "q5"].map((id) => group(id, "How many are there?", "one two three four five")),
  ];
  await expect(refuseOverlong(groups, 8, count)).rejects.toThrow(
    [
      "4 of 6 solutions are with their prompts longer than the model takes",
      '  found: "q1: 14 tokens, q3: 10 tokens, q4: 10 tokens, ..."',
      "  expected: at most 8 tokens, prompt and solution together",
      "  fix: take a model with more positions (model.create.maxPositions, where it is made from scratch), or leave",
    ].join("\n"),
  );
  await refuseOverlong(groups, 14, count);
});
