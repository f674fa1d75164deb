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
function fakeWorker(failAfter = Number.POSITIVE_INFINITY) {
  const asked: Params<"generate">["prompts"][] = [];
  const stops: Params<"generate">["stop"][] = [];
  let given = 0;
  const request = async (
    _method: string,
    { prompts, stop }: Params<"generate">,
    { onProgress }: { onProgress: (progress: unknown) => Promise<void> },
  ) => {
    asked.push(prompts);
    stops.push(stop);
    for (const { id, indices } of prompts)
      for (const index of indices) {
        if (given++ === failAfter) throw new Error("the worker is gone");
        await onProgress({
          candidates: [{ questionId: id, index, text: `${id}/${index}`, tokens: 2, finish: "stop" }],
        });
      }
    return {};
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
  expect(counts).toEqual({ candidates: 6, tokens: 12 });
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

test("stop texts go to the worker, and what they cut is kept without token ids", async () => {
  const file = await newFile();
  const { stops, worker } = fakeWorker();
  await sampleInto(file, { ...options(worker), stop: ["\n\nQuestion:"] });
  await sampleInto(await newFile(), options(worker));
  expect(stops).toEqual([["\n\nQuestion:"], undefined]);
  const [first] = await readJsonl(file, candidateSchema);
  expect(first).toEqual({ questionId: "a", index: 0, text: "a/0", tokens: 2, finish: "stop" });
});

test("a whole file asks nothing of the worker", async () => {
  const file = await newFile();
  await sampleInto(file, options(fakeWorker().worker));
  const before = await readFile(file, "utf8");
  const { asked, worker } = fakeWorker(0);
  await sampleInto(file, options(worker));
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
