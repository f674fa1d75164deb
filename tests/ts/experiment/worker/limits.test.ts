import { expect, test } from "vitest";
import { type Worker, WorkerFailure } from "../../../../ts/bridge/index.ts";
import { limitsAfter, within } from "../../../../ts/experiment/worker/limits.ts";

const after = (method: "train/step" | "score" | "generate" | "model/load", smaller?: number) =>
  limitsAfter(
    new WorkerFailure(method, "OutOfMemory", -32004, "no room", {
      device: "cuda:1",
      ...(smaller === undefined ? {} : { smaller }),
    }),
  );

test("what may be asked for at once is taken from the error, of the work that it was", () => {
  expect(after("train/step", 512)).toEqual({ "train/begin": 512 });
  expect(after("generate", 8)).toEqual({ generate: 8 });
  expect([after("score"), after("model/load", 3)]).toEqual([undefined, undefined]);
});

test("a worker is asked for no more than that, and for less where less is wanted", async () => {
  const asked: unknown[] = [];
  const worker = {
    request: async (_: string, params: unknown) => void asked.push(params),
  } as unknown as Worker;
  const limited = within(worker, { score: 512, generate: 8 });
  await limited.request("score", { model: "m", groups: [], maxTokensPerBatch: 4096 });
  await limited.request("score", { model: "m", groups: [], maxTokensPerBatch: 100 });
  const sampling = { model: "m", prompts: [], maxNewTokens: 1, temperature: 1, topP: 1, seed: 1 };
  await limited.request("generate", sampling);
  await limited.request("generate", { ...sampling, slots: 4 });
  await limited.request("model/digest", { model: "m" });
  expect(asked).toMatchObject([
    { maxTokensPerBatch: 512 },
    { maxTokensPerBatch: 100 },
    { slots: 8 },
    { slots: 4 },
    { model: "m" },
  ]);
});
