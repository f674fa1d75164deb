import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Worker } from "../../../../ts/bridge/index.ts";
import { trainingSchema } from "../../../../ts/config/index.ts";
import { isUnderWay } from "../../../../ts/core/files.ts";
import { silent } from "../../../../ts/core/progress.ts";
import type { Group, Question } from "../../../../ts/core/records.ts";
import { taskNamed } from "../../../../ts/data/index.ts";
import { type TrainOptions, train } from "../../../../ts/experiment/train/training.ts";

/**
 * A worker whose weights are the number of steps they have seen: after `step` steps it answers the first
 * `right(step)` questions rightly. Saved weights and states are folders with that number in them.
 */
function fakeWorker(right: (step: number) => number, dieAt: (call: string) => boolean = () => false) {
  const calls: string[] = [];
  let weights = 0;
  const write = async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "weights"), String(weights));
  };
  // biome-ignore lint/suspicious/noExplicitAny: it stands for every method at once.
  const answer = async (method: string, params: any, onProgress: (progress: any) => Promise<void>) => {
    switch (method) {
      case "train/begin":
        if (params.resumeFrom !== undefined)
          weights = Number(await readFile(join(params.resumeFrom, "weights"), "utf8"));
        return { run: "r", step: weights };
      case "train/save":
        return write(params.directory);
      case "model/save":
        await write(params.directory);
        return { digest: `weights of step ${weights}` };
      case "train/end":
        return { digest: `weights of step ${weights}` };
      case "score":
        return {
          tokens: 1,
          // biome-ignore lint/suspicious/noExplicitAny: as above.
          groups: params.groups.map(({ id, responses }: any) => ({
            id,
            // Each text the same in its own way: -1, -2, -3 a token.
            scores: responses.map((_: unknown, at: number) => ({ logprob: -2 * (at + 1), tokens: 2 })),
          })),
        };
      case "generate":
        await onProgress({
          // biome-ignore lint/suspicious/noExplicitAny: as above.
          candidates: params.prompts.map(({ id }: any, at: number) => ({
            questionId: id,
            index: 0,
            text: at < right(weights) ? "#### 7" : "#### 8",
          })),
        });
        return {};
    }
    weights = params.step;
    const loss = { total: 1, vft: 1, alignment: 0 };
    const counts = { groups: 1, pairedGroups: 1, targetTokens: 1, tokens: 5, seconds: 0.1 };
    return { step: params.step, learningRate: 0.1, loss, gradientNorm: 1, ...counts };
  };
  let last: Promise<unknown> = Promise.resolve();
  const request = (
    method: string,
    params: { step?: number; directory?: string },
    options?: { signal?: AbortSignal; onProgress?: never },
  ) => {
    const own = last.then(() => {
      if (options?.signal?.aborted) throw options.signal.reason;
      const of = params.directory === undefined ? "" : ` ${params.directory.split("/").at(-1)}`;
      const call = `${method}${method === "train/step" ? ` ${params.step}` : of}`;
      if (dieAt(call)) throw new Error(`died at ${call}`);
      calls.push(call);
      return answer(method, params, options?.onProgress ?? (async () => {}));
    });
    last = own.catch(() => {});
    return own;
  };
  return { calls, worker: { request } as unknown as Worker };
}

const questions: Question[] = Array.from({ length: 10 }, (_, at) => ({
  id: `q${at}`,
  task: "gsm8k",
  prompt: "?",
  question: "3 + 4?",
  answer: "7",
}));
const reference = "3 + 4 = 7\n#### 7";
const sample = (text: string, correct: boolean) => ({ text, extracted: text.at(-1)!, correct });
const heldOut: Group[] = [
  {
    id: "q0",
    task: "gsm8k",
    prompt: "3 + 4?",
    reference,
    answer: "7",
    candidates: [sample("#### 7", true), sample("#### 8", false), sample("#### 7", true)],
  },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-early-stop-"));
});
const notes: string[] = [];
const options = (
  worker: Worker,
  validation: Partial<TrainOptions["validation"]> = {},
  some: Partial<TrainOptions> = {},
): TrainOptions => ({
  worker,
  model: "m",
  groups: ["a", "b"].map((id) => ({ id, prompt: `${id}?`, responses: [{ text: id, target: true }] })),
  settings: trainingSchema.parse({ steps: 12, batchSize: 1 }),
  loss: { kind: "alignment", constraint: "detached", weight: 1, detachBoundary: true },
  seed: 1,
  directory: folder,
  maxTokensPerBatch: 64,
  label: "align",
  progress: { ...silent, note: (text) => notes.push(text) },
  signal: new AbortController().signal,
  validation: {
    every: 2,
    patience: 2,
    accuracy: false,
    questions,
    groups: heldOut,
    tasks: new Map([["gsm8k", taskNamed("gsm8k")]]),
    stop: new Map(),
    extract: "strict",
    maxNewTokens: 8,
    ...validation,
  },
  ...some,
});
beforeEach(() => {
  notes.length = 0;
});

const checkpoint = () => readFile(join(folder, "checkpoint", "weights"), "utf8");
const lines = async () =>
  (await readFile(join(folder, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const files = async () => (await readdir(folder)).filter((name) => !isUnderWay(name)).sort();
const finished = ["before.json", "checkpoint", "metrics.jsonl", "trained.json"];

/** Right answers after 0, 2, 4, ... steps. */
const accuracies =
  (...right: number[]) =>
  (step: number): number =>
    right[step / 2]!;

test("a validation pass is written with its step: accuracy, AAccuracy, perplexities, and what changed since the start", async () => {
  const { worker } = fakeWorker(accuracies(4, 6, 3, 3));
  await train(options(worker));
  const passes = (await lines()).map(({ step, heldOut }) => [step, heldOut]);
  // Distinct texts are scored in turn: the right one -1 a token, the wrong one -2, the reference -3.
  const perplexities = {
    perplexityPositive: Math.exp(1),
    perplexityNegative: Math.exp(2),
    perplexityReference: Math.exp(3),
  };
  const found = { questions: 10, assessmentMicro: 1, pairs: 1, ...perplexities };
  expect(passes).toEqual([
    [1, undefined],
    [2, { ...found, accuracy: 0.6, gained: 2, lost: 0, weights: "weights of step 2" }],
    [3, undefined],
    [4, { ...found, accuracy: 0.3, gained: 0, lost: 1 }],
    [5, undefined],
    [6, { ...found, accuracy: 0.3, gained: 0, lost: 1 }],
  ]);
  expect(JSON.parse(await readFile(join(folder, "before.json"), "utf8"))).toMatchObject({
    step: 0,
    heldOut: { ...found, accuracy: 0.4, weights: "weights of step 0" },
    right: ["q0", "q1", "q2", "q3"],
  });
  expect(notes).toEqual([
    "align, start, 10 held-out questions: accuracy 40.0 %, AAccuracy 100.0 % of 1 pair, perplexity of right COTs 2.718, of wrong COTs 7.389, of references 20.086",
    "align, step 2: accuracy 60.0 % (+20.0 points), AAccuracy 100.0 % (0.0 points) of 1 pair, perplexity of right COTs 2.718 (was 2.718), of wrong COTs 7.389 (was 7.389), of references 20.086 (was 20.086)",
    "align, step 4: accuracy 30.0 % (−10.0 points), AAccuracy 100.0 % (0.0 points) of 1 pair, perplexity of right COTs 2.718 (was 2.718), of wrong COTs 7.389 (was 7.389), of references 20.086 (was 20.086)",
    "align, step 6: accuracy 30.0 % (−10.0 points), AAccuracy 100.0 % (0.0 points) of 1 pair, perplexity of right COTs 2.718 (was 2.718), of wrong COTs 7.389 (was 7.389), of references 20.086 (was 20.086)",
    "align: stopped at step 6 of 12, no better accuracy in 2 looks; the weights of step 2 are kept (accuracy 60.0 %)",
  ]);
});

test("patience ends the training, and the best look's weights are the result: of equals the earlier", async () => {
  const { worker, calls } = fakeWorker(accuracies(4, 5, 5, 6, 6, 6));
  expect(await train(options(worker))).toEqual({
    steps: 10,
    questions: 2,
    tokens: 50,
    digest: "weights of step 6",
    stopped: { bestStep: 6, lastStep: 10, reason: "no better accuracy in 2 looks" },
  });
  expect(await checkpoint()).toBe("6");
  expect(await files()).toEqual(finished);
  expect(calls).not.toContain("train/step 11");
  // The start is looked at before the run begins, and each new best is kept before the state that knows it.
  expect(calls.slice(0, 4)).toEqual(["score", "generate", "model/save best-0", "train/begin"]);
  expect(calls.filter((call) => call.includes("save"))).toEqual([
    "model/save best-0",
    "model/save best-2",
    "train/save resume",
    "model/save best-6",
    "train/save resume",
  ]);
});

test("no look is better than the start: the weights that it started from are kept, and it says so", async () => {
  const { worker } = fakeWorker(accuracies(5, 5, 4, 3));
  expect(await train(options(worker))).toMatchObject({
    digest: "weights of step 0",
    stopped: { bestStep: 0, lastStep: 4, reason: "no better accuracy in 2 looks" },
  });
  expect(await checkpoint()).toBe("0");
  expect(notes.at(-1)).toBe(
    "align: stopped at step 4 of 12, no better accuracy in 2 looks; no look was better than the start, so the weights " +
      "that it started from are kept (accuracy 50.0 %)",
  );
});

test("patience that does not run out keeps the best look all the same, the last step's included", async () => {
  const { worker } = fakeWorker((step) => step);
  const settings = trainingSchema.parse({ steps: 5, batchSize: 1 });
  expect(await train(options(worker, {}, { settings }))).toMatchObject({
    digest: "weights of step 5",
    stopped: { bestStep: 5, lastStep: 5, reason: "all steps done" },
  });
  expect((await lines()).map(({ heldOut }) => heldOut?.accuracy)).toEqual([
    undefined,
    0.2,
    undefined,
    0.4,
    0.5,
  ]);
  expect(await checkpoint()).toBe("5");
  expect(notes.at(-1)).toBe(
    "align: ended at step 5, all steps done; the weights of step 5 are kept (accuracy 50.0 %)",
  );
});

test("without patience the last weights are the result, and answers are decoded only where accuracy is asked for", async () => {
  const { patience: _, ...validation } = options(fakeWorker(accuracies()).worker).validation!;
  const { worker, calls } = fakeWorker(accuracies());
  const facts = await train(options(worker, {}, { validation }));
  expect(facts).toEqual({ steps: 12, questions: 2, tokens: 60, digest: "weights of step 12" });
  expect(await checkpoint()).toBe("12");
  expect(calls).not.toContain("generate");
  expect(calls.filter((call) => call === "score")).toHaveLength(7);
  expect(await files()).toEqual(finished);
});

/** Dies at the given call, as often as it comes there, and then goes on with a worker that lives. */
async function brokenOffAt(death: string, right: (step: number) => number, saveEvery = 0) {
  const settings = trainingSchema.parse({ steps: 12, batchSize: 1, saveEvery });
  const dying = fakeWorker(right, (call) => call === death);
  await expect(train(options(dying.worker, {}, { settings }))).rejects.toThrow(`died at ${death}`);
  const { worker, calls } = fakeWorker(right);
  const facts = await train(options(worker, {}, { settings }));
  return { facts, calls, lines: await lines() };
}

test.each([
  ["train/begin", 0],
  ["train/step 1", 0],
  ["model/save best-2", 0],
  ["train/save resume", 0],
  ["train/step 5", 0],
  ["train/step 8", 3],
  ["model/save best-6", 3],
  ["train/step 10", 2],
  ["train/end", 0],
])("broken off at %s (a state every %i steps), it goes on to the same result", async (death, saveEvery) => {
  const right = accuracies(4, 5, 5, 6, 6, 6);
  const whole = await train(options(fakeWorker(right).worker));
  const record = await lines();
  await rm(folder, { recursive: true });
  await mkdir(folder);
  const again = await brokenOffAt(death, right, saveEvery);
  expect(again.facts).toEqual(whole);
  expect(again.lines).toEqual(record);
  expect(await checkpoint()).toBe("6");
  expect(await files()).toEqual(finished);
  expect(again.calls.filter((call) => call === "model/save best-0")).toEqual([]);
});

test("what was looked at before a crash is not looked at again", async () => {
  const { calls } = await brokenOffAt("train/step 9", accuracies(4, 5, 5, 6, 6, 6));
  // From the state of step 6, the best: steps 7 to 10, and their two looks.
  expect(calls).toEqual([
    "train/begin",
    ...["train/step 7", "train/step 8", "score", "generate"],
    ...["train/step 9", "train/step 10", "score", "generate"],
    "train/end",
  ]);
});

test("stopped by the user in the middle of a validation pass: the step counts, and its look is made up for", async () => {
  const right = accuracies(4, 5, 5, 6, 6, 6);
  const whole = await train(options(fakeWorker(right).worker));
  const record = await lines();
  await rm(folder, { recursive: true });
  await mkdir(folder);
  const controller = new AbortController();
  const { worker } = fakeWorker(right);
  let passes = 0;
  const stopping = {
    request: (method: string, ...rest: [never, never]) => {
      if (method === "score" && ++passes === 3) controller.abort(new Error("stop"));
      return worker.request(method as "score", ...rest);
    },
  } as unknown as Worker;
  await expect(train(options(stopping, {}, { signal: controller.signal }))).rejects.toThrow("interrupted");
  expect((await lines()).map(({ step, heldOut }) => [step, heldOut?.accuracy])).toEqual([
    [1, undefined],
    [2, 0.5],
    [3, undefined],
    [4, undefined],
  ]);
  const again = fakeWorker(right);
  expect(await train(options(again.worker))).toEqual(whole);
  expect(await lines()).toEqual(record);
  expect(again.calls.slice(0, 4)).toEqual(["train/begin", "score", "generate", "train/step 5"]);
});

test("a crash after the weights were chosen: the result is put in its place, and nothing is trained", async () => {
  const right = accuracies(4, 5, 3, 3);
  const whole = await train(options(fakeWorker(right).worker));
  await rename(join(folder, "checkpoint"), join(folder, "best-2"));
  await mkdir(join(folder, "resume"));
  const { worker, calls } = fakeWorker(right);
  expect(await train(options(worker))).toEqual(whole);
  expect(calls).toEqual([]);
  expect(await checkpoint()).toBe("2");
  expect(await files()).toEqual(finished);
});

test("a saved state that was removed: it trains anew, from the start weights kept again", async () => {
  const right = accuracies(4, 5, 3, 3);
  const dying = fakeWorker(right, (call) => call === "train/step 5");
  await expect(train(options(dying.worker))).rejects.toThrow("died");
  expect(existsSync(join(folder, "best-0"))).toBe(false);
  await rm(join(folder, "resume"), { recursive: true });
  const { worker, calls } = fakeWorker(right);
  expect(await train(options(worker))).toMatchObject({ stopped: { bestStep: 2, lastStep: 6 } });
  expect(calls.slice(0, 3)).toEqual(["model/save best-0", "train/begin", "train/step 1"]);
});

test("patience without validation questions, or without looks, is refused before anything is done", async () => {
  const { worker, calls } = fakeWorker(accuracies(1));
  await expect(train(options(worker, { questions: [], groups: [] }))).rejects.toThrow(
    "stages.watch.patience: patience goes by the accuracy on validation questions, and the task has none\n" +
      "  found: 2\n  expected: a task with validation questions, or no patience",
  );
  await expect(train(options(worker, { every: 0 }))).rejects.toThrow(
    "stages.watch.patience: patience counts looks, and there are none on the way\n" +
      "  found: 2\n  expected: stages.watch.every of at least 1, or no patience",
  );
  expect(calls).toEqual([]);
  expect(await files()).toEqual([]);
});

test("no validation questions and no patience: it trains unwatched, and says so", async () => {
  const { patience: _, ...validation } = options(fakeWorker(accuracies()).worker).validation!;
  const { worker, calls } = fakeWorker(accuracies());
  await train(options(worker, {}, { validation: { ...validation, questions: [], groups: [] } }));
  expect(calls).not.toContain("score");
  expect(notes).toEqual(["align: the task has no validation questions, so nothing is looked at on the way"]);
  expect(await files()).toEqual(["checkpoint", "metrics.jsonl", "trained.json"]);
});
