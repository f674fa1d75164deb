import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Worker } from "../../../../ts/bridge/index.ts";
import { trainingSchema } from "../../../../ts/config/index.ts";
import { isUnderWay } from "../../../../ts/core/files.ts";
import { type ProgressSink, silent } from "../../../../ts/core/progress.ts";
import type { Group, Question } from "../../../../ts/core/records.ts";
import { taskNamed } from "../../../../ts/data/index.ts";
import { type TrainOptions, train } from "../../../../ts/experiment/train/training.ts";
import type { Validation } from "../../../../ts/experiment/validation/index.ts";
import { startWarmWorker } from "../../../warm/worker.ts";

/** Eight sums that a model of two layers learns by heart, each with a right and a wrong COT beside the reference. */
const sums = [2, 3, 4, 5, 6, 7, 8, 9].map((a, at) => ({ a, b: 11 - a - (at % 3), id: `q${at}` }));
const cot = (a: number, b: number, sum: number): string => `${a} + ${b} = ${sum}\n#### ${sum}`;
const questions: Question[] = sums.map(({ a, b, id }) => ({
  id,
  task: "arithmetic",
  question: `${a} and ${b}`,
  prompt: `${a} and ${b}\n`,
  reference: cot(a, b, a + b),
  answer: String(a + b),
}));
const judged = (text: string, extracted: number, correct: boolean) => ({
  text,
  extracted: String(extracted),
  correct,
});
const groups: Group[] = sums.map(({ a, b, id }) => ({
  id,
  task: "arithmetic",
  prompt: `${a} and ${b}\n`,
  reference: cot(a, b, a + b),
  answer: String(a + b),
  candidates: [judged(cot(b, a, a + b), a + b, true), judged(cot(a, b, a), a, false)],
}));

let worker: Worker;
let folder: string;
const where = { dtype: "float32", device: "cpu", attention: "sdpa" } as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-watching-"));
  worker = await startWarmWorker();
  const texts = groups.flatMap(({ prompt, reference }) => [prompt, reference!]);
  const tokenizer = join(folder, "tokenizer");
  await worker.request("tokenizer/train", { kind: "words", texts, directory: tokenizer });
  const size = { hiddenSize: 32, intermediateSize: 64, layers: 2, heads: 2, maxPositions: 64 };
  const rest = { tieEmbeddings: true, initStd: 0.05, tokenizer, seed: 1 };
  const { model } = await worker.request("model/create", {
    architecture: "llama",
    ...size,
    ...rest,
    ...where,
  });
  await worker.request("model/save", { model, directory: join(folder, "start") });
  // Dropout: a validation pass that drew from its random numbers, or left it off or on, would show in every later step.
  const config = join(folder, "start", "config.json");
  const json = JSON.parse(await readFile(config, "utf8"));
  await writeFile(config, JSON.stringify({ ...json, attention_dropout: 0.2 }));
});
afterAll(async () => {
  await worker.close();
  await rm(folder, { recursive: true });
});

const validation: Validation = {
  every: 6,
  accuracy: true,
  questions,
  groups,
  tasks: new Map([["arithmetic", taskNamed("arithmetic")]]),
  stop: new Map(),
  extract: "strict",
  maxNewTokens: 12,
};

/** Trains the start weights for 40 steps of four questions, by AFT with the boundary. */
async function training(some: Partial<TrainOptions> & { directory: string }) {
  const own = some.worker ?? worker;
  const { model } = await own.request("model/load", { source: join(folder, "start"), ...where });
  return train({
    worker: own,
    model,
    groups: groups.map(({ id, prompt, reference, candidates }) => ({
      id,
      prompt,
      responses: [
        { text: reference!, target: true, reference: true },
        ...candidates.map(({ text, correct }) => ({
          text,
          target: false,
          label: correct ? ("positive" as const) : ("negative" as const),
          rank: correct ? 1 : 2,
        })),
      ],
    })),
    settings: trainingSchema.parse({ steps: 40, batchSize: 4, learningRate: 1e-2, saveEvery: 10 }),
    loss: { kind: "alignment", constraint: "boundary", weight: 1, beta: 0.2, detachBoundary: true },
    seed: 1,
    maxTokensPerBatch: 256,
    label: "align",
    progress: silent,
    signal: new AbortController().signal,
    ...some,
  });
}
const newFolder = () => mkdtemp(join(folder, "run-"));

/** The steps but for how long they took. */
async function stepsIn(directory: string) {
  const text = await readFile(join(directory, "metrics.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const { seconds: _, tokensPerSecond: __, ...rest } = JSON.parse(line);
      return rest;
    });
}

let watched: { facts: Record<string, unknown>; steps: Awaited<ReturnType<typeof stepsIn>> };
beforeAll(async () => {
  const directory = await newFolder();
  watched = { facts: await training({ directory, validation }), steps: await stepsIn(directory) };
});

test("validation passes change nothing of the training: every step's numbers and the weights are equal to the last bit", async () => {
  const directory = await newFolder();
  const { digest, tokens } = await training({ directory });
  expect(await stepsIn(directory)).toEqual(watched.steps.map(({ heldOut: _, ...step }) => step));
  expect({ digest, tokens }).toEqual({ digest: watched.facts.digest, tokens: watched.facts.tokens });
});

test("validation passes come at the start, on the way and at the last step, and see the model learn", async () => {
  const passes = watched.steps.flatMap(({ step, heldOut }) =>
    heldOut === undefined ? [] : [{ step, ...heldOut }],
  );
  expect(passes.map(({ step }) => step)).toEqual([6, 12, 18, 24, 30, 36, 40]);
  const [first, last] = [passes[0], passes.at(-1)];
  expect(first.accuracy).toBeLessThan(0.5);
  expect(last.accuracy).toBeGreaterThan(0.5);
  expect(last.gained - last.lost).toBe(8 * last.accuracy);
  expect(last.perplexityReference).toBeLessThan(first.perplexityReference / 2);
  for (const { perplexityPositive, perplexityNegative } of passes)
    expect(Math.min(perplexityPositive, perplexityNegative)).toBeGreaterThan(1);
});

test("a validation pass's perplexities and AAccuracy are those of the scores that the same weights give", async () => {
  const directory = await newFolder();
  await training({ directory, validation });
  const { model } = await worker.request("model/load", { source: join(directory, "checkpoint"), ...where });
  const { groups: scored } = await worker.request("score", {
    model,
    maxTokensPerBatch: 4096,
    groups: groups.map(({ id, prompt, candidates, reference }) => ({
      id,
      prompt,
      responses: [...candidates.map(({ text }) => ({ text })), { text: reference! }],
    })),
  });
  const all = scored.map(({ scores }) => scores.map(({ logprob, tokens }) => (logprob as number) / tokens));
  const perplexity = (at: number) => all.reduce((sum, scores) => sum + Math.exp(-scores[at]!), 0) / 8;
  const { heldOut } = watched.steps.at(-1);
  expect(heldOut.perplexityPositive).toBeCloseTo(perplexity(0), 4);
  expect(heldOut.perplexityNegative).toBeCloseTo(perplexity(1), 4);
  expect(heldOut.perplexityReference).toBeCloseTo(perplexity(2), 4);
  expect(heldOut.assessmentMicro).toBe(
    all.filter(([positive, negative]) => positive! > negative!).length / 8,
  );
});

/** Calls off the run at the first update that fits. */
function stopAt(fits: (label: string, done: number) => boolean) {
  const controller = new AbortController();
  const progress: ProgressSink = {
    ...silent,
    update({ label, done }) {
      if (fits(label, done)) controller.abort(new Error("stop"));
    },
  };
  return { signal: controller.signal, progress };
}

test("interrupted in the middle of a validation pass and again between looks, it ends as the unbroken run: steps, looks and weights", async () => {
  const directory = await newFolder();
  let scored = 0;
  const inAPass = stopAt((label) => label.endsWith("(held-out scores)") && ++scored === 3);
  await expect(training({ directory, validation, ...inAPass })).rejects.toThrow("interrupted");
  expect((await stepsIn(directory)).at(-1)).toEqual({ ...watched.steps[11], heldOut: undefined });
  const between = stopAt((label, done) => label === "align" && done === 20);
  await expect(training({ directory, validation, ...between })).rejects.toThrow("interrupted");
  expect(await training({ directory, validation })).toEqual(watched.facts);
  expect(await stepsIn(directory)).toEqual(watched.steps);
});

test("the worker dies in the middle of a validation pass: from the last saved state to the same result", async () => {
  const directory = await newFolder();
  const dying = await startWarmWorker();
  let scored = 0;
  const progress: ProgressSink = {
    ...silent,
    update({ label }) {
      if (label.endsWith("(held-out scores)") && ++scored === 4) process.kill(dying.pid, "SIGKILL");
    },
  };
  await expect(training({ directory, validation, worker: dying, progress })).rejects.toThrow(
    "was killed by SIGKILL",
  );
  expect((await stepsIn(directory)).at(-1).step).toBe(17);
  expect(await training({ directory, validation })).toEqual(watched.facts);
  expect(await stepsIn(directory)).toEqual(watched.steps);
  expect((await readdir(directory)).filter((name) => !isUnderWay(name)).sort()).toEqual([
    "before.json",
    "checkpoint",
    "metrics.jsonl",
    "trained.json",
  ]);
});

test("patience keeps the best look's weights: they answer as that look says", async () => {
  const directory = await newFolder();
  const facts = await training({ directory, validation: { ...validation, patience: 2 } });
  const { bestStep, lastStep } = facts.stopped as { bestStep: number; lastStep: number };
  const rated = watched.steps.filter(({ heldOut, step }) => heldOut !== undefined && step <= lastStep);
  const best = Math.max(...rated.map(({ heldOut }) => heldOut.accuracy));
  const kept = rated.find(({ heldOut }) => heldOut.accuracy === best);
  expect(bestStep).toBe(kept.step);
  expect(bestStep).toBeLessThan(lastStep);
  const loaded = await worker.request("model/load", { source: join(directory, "checkpoint"), ...where });
  expect(loaded.digest).toBe(facts.digest);
  const step = (await stepsIn(directory)).find((one) => one.step === bestStep);
  expect(step.heldOut).toEqual({ ...kept.heldOut, weights: facts.digest });
});
