import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Worker, WorkerFailure, WorkerLost } from "../../../../ts/bridge/index.ts";
import { trainingSchema } from "../../../../ts/config/index.ts";
import { Interrupted } from "../../../../ts/core/errors.ts";
import { isUnderWay } from "../../../../ts/core/files.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { type TrainOptions, train } from "../../../../ts/experiment/train/training.ts";

/** A worker that keeps count: each step is answered with its number, and a saved state is a folder. */
function fakeWorker(stepsDone = 0) {
  const calls: string[] = [];
  const batches: string[][] = [];
  // biome-ignore lint/suspicious/noExplicitAny: it stands for every method at once.
  const request = async (method: string, params: any) => {
    calls.push(method);
    if (method === "train/begin") return { run: "r", step: params.resumeFrom === undefined ? 0 : stepsDone };
    if (method === "train/save" || method === "model/save")
      return mkdir(params.directory, { recursive: true });
    if (method === "train/end") return { step: 0, digest: "d" };
    batches.push(params.groups.map(({ id }: { id: string }) => id));
    const loss = { total: 1, vft: 1, alignment: 0 };
    const counts = { groups: 2, pairedGroups: 0, targetTokens: 1, tokens: 5, seconds: 0.1 };
    return { step: params.step, learningRate: 0.1, loss, gradientNorm: 1, ...counts };
  };
  return { calls, batches, worker: { request } as unknown as Worker };
}

const options = (worker: Worker, directory: string): TrainOptions => ({
  worker,
  model: "m",
  groups: ["a", "b", "c", "d", "e"].map((id) => ({
    id,
    prompt: `${id}?`,
    responses: [{ text: id, target: true }],
  })),
  settings: trainingSchema.parse({ epochs: 2, batchSize: 2, saveEvery: 2 }),
  loss: { kind: "vft" },
  seed: 1,
  directory,
  maxTokensPerBatch: 64,
  label: "vft",
  progress: silent,
  signal: new AbortController().signal,
});
/** What stays of a finished training. */
const results = async (folder: string) => (await readdir(folder)).filter((name) => !isUnderWay(name)).sort();
const newFolder = () => mkdtemp(join(tmpdir(), "aft-training-"));
const facts = { steps: 6, questions: 5, tokens: 30, digest: "d" };

test("every epoch visits each question once, states are saved on the way, and only the result stays", async () => {
  const folder = await newFolder();
  const { calls, batches, worker } = fakeWorker();
  expect(await train(options(worker, folder))).toEqual(facts);
  expect(batches.slice(0, 3).flat().sort()).toEqual(["a", "b", "c", "d", "e"]);
  expect(batches.slice(3).flat().sort()).toEqual(["a", "b", "c", "d", "e"]);
  expect(calls.filter((method) => method === "train/save")).toHaveLength(2);
  expect(calls.slice(-2)).toEqual(["train/end", "model/save"]);
  expect(await results(folder)).toEqual(["checkpoint", "metrics.jsonl", "trained.json"]);
});

test("a resumed run takes up the batches where they were, and drops the metrics that are made again", async () => {
  const unbroken = fakeWorker();
  await train(options(unbroken.worker, await newFolder()));
  const folder = await newFolder();
  const first = fakeWorker();
  await train(options(first.worker, folder));
  // As a crash in step 5 leaves it: the state of step 4, the metrics of five steps, a torn sixth.
  await mkdir(join(folder, "resume"));
  const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).split("\n");
  await writeFile(join(folder, "metrics.jsonl"), `${lines.slice(0, 5).join("\n")}\n${lines[5]!.slice(0, 9)}`);
  await rm(join(folder, "trained.json"));
  const resumed = fakeWorker(4);
  expect(await train(options(resumed.worker, folder))).toEqual(facts);
  expect(resumed.batches).toEqual(unbroken.batches.slice(4));
  const steps = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trim().split("\n");
  expect(steps.map((line) => JSON.parse(line).step)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("without a number of steps a long training saves in the background, and its result is the same", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const long = fakeWorker();
  const request = async (method: string, params: unknown) => {
    if (method === "train/step") vi.advanceTimersByTime(50_000);
    return (long.worker.request as (...all: unknown[]) => unknown)(method, params);
  };
  const folder = await newFolder();
  const asked = options({ ...long.worker, request } as Worker, folder);
  const settings = trainingSchema.parse({ epochs: 2, batchSize: 2 });
  expect(await train({ ...asked, settings })).toEqual(facts);
  vi.useRealTimers();
  // Steps are asked for some at a time: 50 s each, two minutes are over with the third.
  expect(long.calls.slice(1, 5)).toEqual(["train/step", "train/step", "train/step", "train/save"]);
  expect(await results(folder)).toEqual(["checkpoint", "metrics.jsonl", "trained.json"]);
});

test("what the worker does otherwise than asked is told with the training's name", async () => {
  const { worker } = fakeWorker();
  const note = "memory ran out: 64 tokens are trained on at once from here on";
  const notes: string[] = [];
  const request = async (method: string, params: { step?: number }, more?: { onProgress?: unknown }) => {
    const counts = { done: 0, total: 0, tokens: 0 };
    const tell = more?.onProgress as ((progress: object) => void) | undefined;
    tell?.(params.step === 2 ? { ...counts, note } : counts);
    return (worker.request as (...all: unknown[]) => unknown)(method, params);
  };
  const progress = { ...silent, note: (text: string) => void notes.push(text) };
  await train({ ...options({ ...worker, request } as Worker, await newFolder()), progress });
  expect(notes).toEqual([`vft: ${note}`]);
});

test("weights that were saved before a crash are not trained again", async () => {
  const folder = await newFolder();
  await train(options(fakeWorker().worker, folder));
  const { calls, worker } = fakeWorker();
  expect(await train(options(worker, folder))).toEqual(facts);
  expect(calls).toEqual([]);
});

/** A folder of a training that was cut off after its weights were saved, or in step 5 with the state of step 4. */
async function cutOff(at: "its end" | "step 5"): Promise<string> {
  const folder = await newFolder();
  await train(options(fakeWorker().worker, folder));
  if (at === "step 5") {
    await mkdir(join(folder, "resume"));
    await rm(join(folder, "trained.json"));
  }
  return folder;
}

/** Goes on in the folder; with the lines that were told. */
async function goneOn(folder: string, fake: ReturnType<typeof fakeWorker>, request = fake.worker.request) {
  const notes: string[] = [];
  const progress = { ...silent, note: (text: string) => void notes.push(text) };
  expect(await train({ ...options({ ...fake.worker, request }, folder), progress })).toEqual(facts);
  expect(fake.batches).toHaveLength(6);
  const steps = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trim().split("\n");
  expect(steps.map((line) => JSON.parse(line).step)).toEqual([1, 2, 3, 4, 5, 6]);
  return notes;
}

test("a saved state that the worker finds damaged is told of and taken away, and training begins anew", async () => {
  const folder = await cutOff("step 5");
  const fake = fakeWorker(4);
  const recorded: unknown[] = [];
  const request = async (method: string, params: { resumeFrom?: string; recordedSteps?: number }) => {
    if (method === "train/begin") recorded.push(params.recordedSteps);
    if (method === "train/begin" && params.resumeFrom !== undefined)
      throw new WorkerFailure("train/begin", "ResumeDamaged", -32015, "cannot resume from x: y", {
        path: "x",
      });
    return (fake.worker.request as (...all: unknown[]) => unknown)(method, params);
  };
  const notes = await goneOn(folder, fake, request as Worker["request"]);
  expect(notes).toEqual([
    "vft: the worker, in train/begin: cannot resume from x: y; training anew from the first step",
  ]);
  expect(recorded).toEqual([6, undefined]);
  expect(await results(folder)).toEqual(["checkpoint", "metrics.jsonl", "trained.json"]);
});

test("steps that are no more what was recorded are not told to the worker as done", async () => {
  const folder = await cutOff("step 5");
  const file = join(folder, "metrics.jsonl");
  const lines = (await readFile(file, "utf8")).split("\n");
  await writeFile(file, lines.with(2, lines[2]!.replace('"tokens":5', '"tokens":4')).join("\n"));
  const asked: unknown[] = [];
  const fake = fakeWorker(2);
  const request = async (method: string, params: { recordedSteps?: number }) => {
    if (method === "train/begin") asked.push(params.recordedSteps);
    return (fake.worker.request as (...all: unknown[]) => unknown)(method, params);
  };
  await train(options({ request } as Worker, folder));
  expect(asked).toEqual([2]);
});

test("weights or facts that were damaged after the training had ended are told of, and trained anew", async () => {
  const ended = await cutOff("its end");
  await writeFile(join(ended, "checkpoint", ".sha256"), '{"model.safetensors": "0"}\n');
  expect(await goneOn(ended, fakeWorker())).toEqual([
    `${join(ended, "checkpoint")}: model.safetensors is missing; making it again`,
  ]);
  const looks = await cutOff("its end");
  await writeFile(join(looks, "before.json"), "{");
  expect(await goneOn(looks, fakeWorker())).toEqual([
    `${join(looks, "before.json")}: is damaged; making it again`,
  ]);
  const cut = await cutOff("its end");
  const metrics = join(cut, "metrics.jsonl");
  await writeFile(metrics, (await readFile(metrics, "utf8")).replace('"step":6', '"step":7'));
  expect(await goneOn(cut, fakeWorker())).toHaveLength(1);
  const other = await cutOff("its end");
  const file = join(other, "trained.json");
  await writeFile(file, (await readFile(file, "utf8")).replace('"tokens":30', '"tokens":31'));
  expect(await goneOn(other, fakeWorker())).toEqual([`${file}: is damaged; making it again`]);
});

test("Ctrl-C with a worker that hangs ends as interrupted, though nothing can be saved any more", async () => {
  const { worker } = fakeWorker();
  const controller = new AbortController();
  const notes: string[] = [];
  const request = async (method: string, params: unknown) => {
    if (method === "train/save")
      throw new WorkerLost("did not stop within 20 s and was ended", { what: "it hung" });
    if (controller.signal.aborted) throw controller.signal.reason;
    if (method === "train/step") controller.abort();
    return (worker.request as (...all: unknown[]) => unknown)(method, params);
  };
  const asked = options({ ...worker, request } as Worker, await newFolder());
  const progress = { ...silent, note: (text: string) => void notes.push(text) };
  const stopped = train({ ...asked, progress, signal: controller.signal });
  await expect(stopped).rejects.toBeInstanceOf(Interrupted);
  expect(notes).toEqual([
    "the last steps were not saved, as the worker did not stop within 20 s and was ended",
  ]);
});
