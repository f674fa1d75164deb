import { appendFile, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Params, Worker } from "../../../../ts/bridge/index.ts";
import { readJsonl } from "../../../../ts/core/jsonl.ts";
import { type Progress, silent } from "../../../../ts/core/progress.ts";
import { candidateSchema } from "../../../../ts/core/records.ts";
import { inTurn } from "../../../../ts/experiment/worker/in-turn.ts";
import { sampleInto } from "../../../../ts/experiment/worker/sampling.ts";

/** A worker whose sample of (question, index) is a text that says so; it fails after so many candidates. */
function fakeWorker(failAfter = Number.POSITIVE_INFINITY, note?: string) {
  const asked: Params<"generate">["prompts"][] = [];
  const stops: Params<"generate">["stop"][] = [];
  let given = 0;
  const request = async (
    method: string,
    { prompts, stop }: Params<"generate">,
    { onProgress = async () => {} }: { onProgress?: (progress: unknown) => Promise<void> } = {},
  ) => {
    if (method === "device/info") return { packages: { transformers: "5.0" } };
    asked.push(prompts);
    stops.push(stop);
    for (const { id, indices } of prompts)
      for (const index of indices) {
        if (given++ === failAfter) throw new Error("the worker is gone");
        await onProgress({
          candidates: [{ questionId: id, index, text: `${id}/${index}`, tokens: 2, finish: "stop" }],
        });
      }
    return { sampler: { name: "transformers", version: "5.0", slots: 1, step: "plain", note } };
  };
  return { asked, stops, worker: { request } as unknown as Worker };
}

const options = (worker: Worker, seen: Progress[] = []) => ({
  worker,
  model: "m",
  prompts: ["a", "b", "c"].map((id) => ({ id, prompt: `${id}?` })),
  k: 2,
  temperature: 1,
  topP: 1,
  maxNewTokens: 8,
  seed: 1,
  label: "sample",
  progress: { ...silent, update: (progress: Progress) => seen.push(progress) },
  signal: new AbortController().signal,
});
test("why a worker samples slowly is told once", async () => {
  const notes: string[] = [];
  const { worker } = fakeWorker(undefined, "the decode step cannot be captured");
  const asked = options(worker);
  const progress = { ...asked.progress, note: (text: string) => void notes.push(text) };
  for (let at = 0; at < 2; at++) await sampleInto(await newFile(), { ...asked, progress });
  await sampleInto(await newFile(), { ...options(fakeWorker().worker), progress });
  expect(notes).toEqual(["sampling: the decode step cannot be captured"]);
});

test("what begins and takes long is told at once", async () => {
  const told: string[] = [];
  const { worker } = fakeWorker();
  const request: Worker["request"] = async (method, params, settings) => {
    const candidates: never[] = [];
    await settings?.onProgress?.({
      candidates,
      done: 0,
      total: 6,
      tokens: 0,
      note: "vLLM is starting",
    } as never);
    return worker.request(method, params, settings);
  };
  const asked = options({ ...worker, request } as Worker);
  const progress = {
    ...asked.progress,
    note: (text: string) => void told.push(text),
    update: ({ done }: Progress) => void told.push(`${done}`),
  };
  await sampleInto(await newFile(), { ...asked, progress });
  expect(told).toEqual(["0", "sample: vLLM is starting", "0", "1", "2", "3", "4", "5", "6"]);
});

const newFile = async () => join(await mkdtemp(join(tmpdir(), "aft-sampling-")), "candidates.jsonl");

test("a broken-off file is gone on from: what is there is not asked for again, a torn line is", async () => {
  const file = await newFile();
  await expect(sampleInto(file, options(fakeWorker(3).worker))).rejects.toThrow("the worker is gone");
  await appendFile(file, '{"questionId": "b", "ind');
  const { asked, worker } = fakeWorker();
  const seen: Progress[] = [];
  const counts = await sampleInto(file, options(worker, seen));
  expect(asked).toEqual([
    [
      { id: "b", prompt: "b?", indices: [1] },
      { id: "c", prompt: "c?", indices: [0, 1] },
    ],
  ]);
  const sampler = { name: "transformers", version: "5.0" };
  expect(counts).toEqual({ candidates: 6, tokens: 12, sampler });
  expect(seen[0]).toMatchObject({ done: 3, total: 6, from: 3 });
  expect((await readJsonl(file, candidateSchema)).map(({ text }) => text)).toEqual([
    "a/0",
    "a/1",
    "b/0",
    "b/1",
    "c/0",
    "c/1",
  ]);
});

/** A worker that has a place for one sample of each request at a time, in turn: what it gives of them interleaves. */
function interleavingWorker({
  stopAfter = Number.POSITIVE_INFINITY,
  signal = new AbortController().signal,
} = {}) {
  type Take = (progress: unknown) => Promise<void>;
  const open: { left: { id: string; index: number }[]; take: Take; end: (error?: unknown) => void }[] = [];
  const atOnce: number[] = [];
  let given = 0;
  let turning = false;
  const turn = async (): Promise<void> => {
    turning = true;
    while (open.length > 0) {
      // All requests that are to be under way have come by then.
      await new Promise((resolve) => setImmediate(resolve));
      const next = open.shift()!;
      atOnce.push(open.length + 1);
      const sample = next.left.shift();
      if (signal.aborted || sample === undefined) {
        next.end(signal.aborted ? signal.reason : undefined);
        continue;
      }
      const { id: questionId, index } = sample;
      const candidate = { questionId, index, text: `${questionId}/${index}`, tokens: 2, finish: "stop" };
      await next.take({ candidates: [candidate] });
      open.push(next);
      if (++given === stopAfter) signal.dispatchEvent(new Event("stop"));
    }
    turning = false;
  };
  const request = (
    _method: string,
    { prompts }: Params<"generate">,
    { onProgress }: { onProgress: Take },
  ): Promise<object> =>
    new Promise((resolve, reject) => {
      const left = prompts.flatMap(({ id, indices }) => indices.map((index) => ({ id, index })));
      const end = (error?: unknown): void =>
        error === undefined ? resolve({ sampler: { name: "vllm", version: "1.0" } }) : reject(error);
      open.push({ left, take: onProgress, end });
      if (!turning) void turn();
    });
  return { atOnce, worker: { request } as unknown as Worker };
}

const manyPrompts = Array.from({ length: 3000 }, (_, at) => ({ id: `q${at}`, prompt: "?" }));

test("candidates of requests that interleave are counted once each, and four requests keep the worker's places full", async () => {
  const file = await newFile();
  const seen: Progress[] = [];
  const { worker, atOnce } = interleavingWorker();
  const counts = await sampleInto(file, { ...options(worker, seen), prompts: manyPrompts, k: 1 });
  expect(counts).toEqual({ candidates: 3000, tokens: 6000, sampler: { name: "vllm", version: "1.0" } });
  expect(Math.max(...atOnce)).toBe(4);
  expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: 3001 }, (_, done) => done));
  const rows = await readJsonl(file, candidateSchema);
  // Of the first four, one of each request.
  expect(rows.slice(0, 4).map(({ questionId }) => questionId)).toEqual(["q0", "q512", "q1024", "q1536"]);
  expect(new Set(rows.map(({ questionId }) => questionId)).size).toBe(3000);
});

test("cancelled while requests interleave, what came is kept, and the rest alone is asked for again", async () => {
  const file = await newFile();
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener("stop", () => controller.abort(new Error("Ctrl-C")));
  const cancelled = interleavingWorker({ stopAfter: 1001, signal });
  const sampling = { prompts: manyPrompts, k: 1 };
  await expect(sampleInto(file, { ...options(cancelled.worker), ...sampling, signal })).rejects.toThrow(
    "Ctrl-C",
  );
  const kept = await readJsonl(file, candidateSchema);
  expect(kept).toHaveLength(1001);
  const { asked, worker } = fakeWorker();
  const seen: Progress[] = [];
  const counts = await sampleInto(file, { ...options(worker, seen), ...sampling });
  expect(counts).toMatchObject({ candidates: 3000, tokens: 6000 });
  expect(seen[0]).toMatchObject({ done: 1001, from: 1001, tokens: 0 });
  const before = new Set(kept.map(({ questionId }) => questionId));
  expect(asked.flat().map(({ id }) => id)).toEqual(
    manyPrompts.map(({ id }) => id).filter((id) => !before.has(id)),
  );
});

test("stop texts go to the worker, and what they cut is kept without token ids", async () => {
  const file = await newFile();
  const { stops, worker } = fakeWorker();
  await sampleInto(file, { ...options(worker), stop: ["\n\nQuestion:"] });
  await sampleInto(await newFile(), options(worker));
  expect(stops).toEqual([["\n\nQuestion:"], undefined]);
  const [first] = await readJsonl(file, candidateSchema);
  expect(first).toEqual({ questionId: "a", index: 0, text: "a/0", tokens: 2, finish: "stop" });
});

test("a whole file asks for no sample, and is told to be of the same sampler", async () => {
  const file = await newFile();
  const first = await sampleInto(file, options(fakeWorker().worker));
  const before = await readFile(file, "utf8");
  const { asked, worker } = fakeWorker(0);
  expect(await sampleInto(file, options(worker))).toEqual(first);
  expect(asked).toEqual([]);
  expect(await readFile(file, "utf8")).toBe(before);
});

test("after a failure nothing new begins, and what was under way has ended before it is thrown", async () => {
  const log: string[] = [];
  const work = async (item: number) => {
    log.push(`${item} begins`);
    await new Promise((resolve) => setTimeout(resolve, item === 1 ? 5 : 20));
    if (item === 1) throw new Error("one");
    log.push(`${item} ends`);
  };
  await expect(inTurn([1, 2, 3, 4], 2, work)).rejects.toThrow("one");
  expect(log).toEqual(["1 begins", "2 begins", "2 ends"]);
});
