import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { examplesOf, lengthsOf, spread } from "../../../../ts/experiment/estimate/lengths.ts";
import { scoringMemory } from "../../../../ts/experiment/estimate/memory.ts";
import {
  estimateStage,
  withVllm,
  worksOf as worksOfNodes,
} from "../../../../ts/experiment/estimate/stage.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { setup } from "./sizes.ts";

const lengths = {
  train: { questions: 300, prompt: { mean: 10, longest: 15 }, reference: { mean: 20, longest: 30 } },
  validation: { questions: 20, prompt: { mean: 10, longest: 15 }, reference: { mean: 20, longest: 30 } },
  test: { questions: 40, prompt: { mean: 11, longest: 16 }, reference: { mean: 19, longest: 29 } },
};

async function worksOf(...set: string[]) {
  const { experiment } = await loadExperiment("experiments/miniature.yaml", { set });
  const { nodes } = await planOf(experiment);
  const works = worksOfNodes(nodes, ({ stage }) => (stage === "questions" ? lengths : undefined), lengths);
  return Object.fromEntries(works.map((work) => [work.label, work]));
}

test("each stage's tokens, worked out by hand", async () => {
  const works = await worksOf();
  // 60 steps of 16 questions with their references.
  expect(works["vft seed 1"]!.trained).toMatchObject({ tokens: 60 * 16 * 30, perStep: 16 * 30, steps: 60 });
  // 8 steps of 8 of the 40 sampled questions.
  expect(works["align vft-continued seed 1"]!.trained).toMatchObject({ tokens: 8 * 8 * 30, steps: 8 });
  expect(works["align aft-bc seed 1"]!.trained!.tokens).toBe(8 * 8 * (10 + 7 * 20));
  expect(works["align aft-bc seed 1"]!.trained).toMatchObject({ questions: 8, responses: 7 });
  expect(works["vft seed 1"]!.trained).toMatchObject({ questions: 16, responses: 1 });
  expect(works["align rft seed 1"]!.trained!.tokens).toBe(8 * 8 * (10 + 4 * 20));
  const { sampled, scored } = works["evaluate aft-bc seed 1"]!;
  expect(sampled!.map(({ prompts, k }) => [prompts, k])).toEqual([
    [40, 1],
    [40, 6],
  ]);
  expect(scored!.tokens).toBe(40 * (11 + 6 * 19));
});

test("a method that goes by its starting weights scores what it trains on again, or a pair of each question", async () => {
  const works = await worksOf(
    "methods.nft={method: nft, constraint: none}",
    "methods.kto={method: kto, constraint: none}",
  );
  const [nft, kto, bc] = ["nft", "kto", "aft-bc"].map((name) => works[`align ${name} seed 1`]!);
  expect(nft!.trained).toEqual({ ...bc!.trained, holdsStart: true });
  expect(nft!.scored!.tokens).toBe(nft!.trained!.tokens);
  expect(kto!.trained).toEqual(nft!.trained);
  // 150 tokens of a prompt and seven responses: a pair of as long ones has two eighths, and is scored twice.
  expect(kto!.scored!.tokens).toBe(8 * 8 * 75);
  expect(bc!.scored).toBeUndefined();
});

test.each([
  ...["dpo", "irpo", "dpop", "nca", "infonca", "kto", "nft"].flatMap((method) =>
    ["vft", "base"].map((start) => [method, `{method: ${method}, constraint: none, start: ${start}}`]),
  ),
  ["aft", "{method: aft, constraint: boundary, beta: auto, start: base}"],
])("groups of one's own count where %s is scored under its starting weights: %s", async (_method, own) => {
  const folder = await mkdtemp(join(tmpdir(), "aft-own-"));
  const file = join(folder, "own.jsonl");
  const candidate = (text: string) => ({ text, extracted: text, correct: text === "7" });
  const group = { id: "q", task: "arithmetic", prompt: "?", reference: "#### 7", answer: "7" };
  const rows = ["a", "b", "c"].map((id) => ({ ...group, id, candidates: ["7", "8"].map(candidate) }));
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { experiment } = await loadExperiment("experiments/miniature.yaml", {
    set: [
      `methods.own=${own}`,
      `stages.judge.groupsFile=${file}`,
      "stages.align.steps=1",
      "stages.align.batchSize=3",
    ],
  });
  const { nodes } = await planOf(experiment);
  const works = worksOfNodes(nodes, ({ stage }) => (stage === "questions" ? lengths : undefined), lengths);
  const pace = { load: 1, trained: [], scored: { token: 1 }, sampled: { start: 1, token: 1 } };
  for (const work of works) expect(estimateStage(setup(), pace, work).memoryBytes).toBeGreaterThan(0);
  // Three prompts, each with a reference and two candidates.
  for (const { scored } of works.filter(({ label }) => label.startsWith("score")))
    expect(scored!.tokens).toBe(3 * (10 + 3 * 20));
  expect(works.find(({ label }) => label === "align own seed 1")!.trained).toMatchObject({
    ...{ tokens: 3 * (10 + 3 * 20), questions: 3, responses: 3 },
  });
});

test("of what vLLM samples, tokens are told and no time; in memory lies what the worker scores of it", async () => {
  const work = (await worksOf())["sample seed 1"]!;
  const pace = { load: 1, trained: [], scored: { token: 1 }, sampled: { start: 1, token: 1 } };
  const sizes = setup();
  const [own, left] = [estimateStage(sizes, pace, work), estimateStage(sizes, pace, withVllm(work))];
  expect(left).toMatchObject({ tokens: own.tokens, flops: own.flops, seconds: undefined, peak: "scoring" });
  expect(left.memory).toEqual(scoringMemory(sizes, 2048));
  expect(own.seconds).toBeGreaterThan(0);
  const training = (await worksOf())["vft seed 1"]!;
  expect(withVllm(training)).toEqual(training);
});

test("epochs count every question as often, whatever the last batch's size", async () => {
  const set = ["stages.vft={steps: null, epochs: 2, batchSize: 128}"];
  const { trained } = (await worksOf(...set))["vft seed 1"]!;
  expect(trained).toMatchObject({ tokens: 2 * 300 * 30, perStep: 128 * 30, steps: 6 });
});

test("a sample is no longer than it may be", async () => {
  const works = await worksOf("stages.evaluate.maxNewTokens=12");
  expect(works["evaluate aft-bc seed 1"]!.sampled![0]!.responseTokens).toBe(12);
});

test("stages without a model are no work", async () => {
  expect(Object.keys(await worksOf()).filter((label) => /questions|create|judge/.test(label))).toEqual([]);
});

test("of many questions some are counted, from first to last, each with BOS or EOS", async () => {
  expect(spread([1, 2, 3], 5)).toEqual([1, 2, 3]);
  expect(spread([...Array(10).keys()], 5)).toEqual([0, 2, 4, 6, 8]);
  const asked: string[][] = [];
  const question = (id: number) => ({
    id: `${id}`,
    task: "arithmetic",
    question: "x".repeat(id),
    prompt: `${"x".repeat(id)}\n`,
    answer: "1",
  });
  const train = Array.from({ length: 1000 }, (_, id) => ({ ...question(id), reference: "ab" }));
  const found = await lengthsOf({ train, validation: [], test: [question(3)] }, async (texts) => {
    asked.push([...texts]);
    return texts.map((text) => text.length);
  });
  expect(asked[0]).toHaveLength(500);
  expect(found.train).toMatchObject({ questions: 1000, reference: { mean: 3, longest: 3 } });
  expect(found.train.prompt.longest).toBe(1 + Math.max(...asked[0]!.map((text) => text.length)));
  expect(found.validation).toEqual({
    questions: 0,
    prompt: { mean: 0, longest: 0 },
    reference: undefined,
  });
  expect(found.test.reference).toBeUndefined();
});

test("examples have their references, and leave out what the model cannot take", async () => {
  const question = { task: "t", answer: "1", question: "how?" };
  const rows = [
    { ...question, id: "a", prompt: "12345", reference: "123" },
    { ...question, id: "b", prompt: "1234567", reference: "1234" },
    { ...question, id: "c", prompt: "12" },
  ];
  const count = async (texts: readonly string[]) => texts.map((text) => text.length);
  const model = (maxPositions: number) => ({ shape: { maxPositions }, count });
  expect(await examplesOf(rows, model(12))).toEqual([
    { prompt: "12345", response: "123", tokens: 10 },
    { prompt: "12", response: "how?", tokens: 8 },
  ]);
  expect(await examplesOf(rows, model(0))).toHaveLength(3);
});

test("devices that share the work: a part of the time, and of the weights where one device cannot hold them", async () => {
  const work = (await worksOf())["align aft-bc seed 1"]!;
  const pace = {
    load: 0,
    trained: [{ batch: { ...work.trained! }, step: 0, token: 1 }],
    scored: { token: 1 },
    sampled: { start: 0, token: 1 },
  };
  const alone = estimateStage(setup({ freeBytes: 1e12 }), pace, work);
  const on = (freeBytes: number, sharding: "auto" | "none" | "fsdp") =>
    estimateStage(setup({ freeBytes, ranks: { devices: 4, nodes: 1, sharding } }), pace, work);
  expect(on(1e12, "auto").seconds).toBeCloseTo(alone.seconds! / (4 * 0.95), 6);
  // Each has a quarter of the step's tokens, and the whole model where that fits or is asked for.
  expect(on(1e12, "auto").memory.moments).toBe(alone.memory.moments);
  expect(on(80e9, "none").memory.moments).toBe(alone.memory.moments);
  expect(on(80e9, "auto").memory.moments).toBe(alone.memory.moments / 4);
  expect(on(1e12, "fsdp").memory.masters).toBe(0);
  // Processes on a CPU share its cores; those of another machine have their own.
  const onCpus = (nodes: number) =>
    estimateStage(
      setup({ freeBytes: 1e12, accelerator: false, ranks: { devices: 4, nodes, sharding: "none" } }),
      pace,
      work,
    );
  expect(onCpus(1).seconds).toBe(alone.seconds);
  expect(onCpus(2).seconds).toBeCloseTo(alone.seconds! / (2 * 0.95), 6);
});
