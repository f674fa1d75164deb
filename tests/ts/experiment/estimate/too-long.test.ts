import { expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { tooLong } from "../../../../ts/experiment/estimate/too-long.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";

const question = (id: string, prompt: string, reference: string) => ({
  ...{ id, task: "sums", question: prompt, prompt, reference, answer: "1" },
});
const short = question("short", "one", "two three");
const longAnswer = question("long-answer", "one two three", "four five six seven eight");
const longPrompt = question("long-prompt", "one two three four five six seven eight", "nine");
const count = async (texts: readonly string[]) => texts.map((text) => text.split(" ").length);

test("questions that a run would stop at are told by task and split: references count where they are trained on", async () => {
  const tasks = "tasks=[{task: arithmetic, name: sums}, {task: arithmetic, name: far, use: evaluate}]";
  const { experiment } = await loadExperiment("experiments/miniature.yaml", {
    set: [tasks, "stages.evaluate.questions=2"],
  });
  const { seeds } = await planOf(experiment);
  const all = {
    train: [short, longAnswer],
    validation: [longPrompt],
    test: [longPrompt, longAnswer, { ...longPrompt, id: "not-asked" }],
  };
  const told = await tooLong(seeds[0]!.tasks, () => all, experiment.stages.evaluate, { limit: 8, count });
  expect(told).toEqual([
    "1 of 2 train questions of sums are too long for the model, which takes 8 tokens with the answer (long-answer: 9): the run will stop there",
    "1 of 2 test questions of sums are too long for the model, which takes 8 tokens with the answer (long-prompt: 9): the run will stop there",
    "1 of 2 test questions of far are too long for the model, which takes 8 tokens with the answer (long-prompt: 9): the run will stop there",
  ]);
  expect(await tooLong(seeds[0]!.tasks, () => all, experiment.stages.evaluate, { limit: 0, count })).toEqual(
    [],
  );
});
