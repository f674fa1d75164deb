import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  isWorkerFailure,
  type MethodName,
  type Params,
  type Progress,
  ProtocolError,
  type Worker,
} from "../../../ts/bridge/index.ts";
import { methods, protocolVersion } from "../../../ts/bridge/protocol.ts";
import { defined } from "../../../ts/core/defined.ts";
import { generate, load, pathTo, rejection, startFake, tokenizerOf, transports } from "./harness.ts";

const examples: { [M in MethodName]: Params<M> } = {
  hello: { protocolVersion },
  "device/info": {},
  "device/memory": {},
  "folder/check": { file: pathTo("harness.ts"), content: "a", answer: "/nowhere" },
  "device/speed": { device: "cpu", dtype: "auto" },
  "tokenizer/train": tokenizerOf(["a b"]),
  "model/create": {
    architecture: "llama",
    hiddenSize: 8,
    intermediateSize: 8,
    layers: 1,
    heads: 1,
    headDim: 8,
    slidingWindow: 4,
    logitSoftcap: 30,
    attentionSoftcap: 50,
    maxPositions: 8,
    tieEmbeddings: true,
    initStd: 0.02,
    tokenizer: "/nowhere",
    seed: -1,
    dtype: "float32",
    device: "cpu",
    attention: "sdpa",
  },
  "model/load": {
    ...load("anything"),
    adapter: { rank: 4, alpha: 8, dropout: 0.1, targets: ["q_proj"] },
    adapterSeed: 1,
    gradientCheckpointing: true,
  },
  "model/convert": { source: "/nowhere", directory: "/nowhere" },
  "model/merge": { source: "/nowhere", directory: "/nowhere" },
  "model/inspect": { source: "anything" },
  "tokens/count": { source: "anything", texts: ["a", ""] },
  "model/save": { model: "model-1", directory: "/nowhere" },
  "model/digest": { model: "model-1" },
  "model/unload": { model: "model-1" },
  "prompt/render": { source: "any", conversations: [{ messages: [{ role: "user", content: "hi" }] }] },
  generate: { ...generate(["abc"]), stop: ["\n\nQuestion:"] },
  score: {
    model: "model-1",
    groups: [{ id: "q", prompt: "p", responses: [{ text: "four", tokenIds: [1], finish: "stop" }] }],
    perToken: true,
    maxTokensPerBatch: 9,
  },
  "train/begin": {
    model: "model-1",
    optimizer: { learningRate: 1e-3, betas: [0.9, 0.98], epsilon: 1e-8, weightDecay: 0, clipNorm: 1 },
    schedule: { shape: "cosine", totalSteps: 2, warmupSteps: 0, minimumRatio: 0 },
    loss: { kind: "alignment", constraint: "boundary", weight: 1, beta: 0.1, detachBoundary: true },
    seed: 1,
    maxTokensPerBatch: 9,
  },
  "train/step": {
    run: "run-1",
    step: 1,
    groups: [{ id: "q", prompt: "p", responses: [{ text: "r", target: true, label: "positive" }] }],
  },
  "train/save": { run: "run-1", directory: "/nowhere" },
  "train/end": { run: "run-1" },
  "track/open": {
    kind: "wandb",
    directory: "/nowhere",
    key: "k",
    mode: "new",
    name: "x/aft/seed1",
    config: "{}",
    settings: { project: "p" },
    waitSeconds: 0.1,
  },
  "track/log": { tracker: "tracker-1", points: [{ step: 0, values: { loss: 1.5 } }] },
  "track/close": { tracker: "tracker-1" },
  shutdown: {},
};

describe.each(transports)("over %s", (transport) => {
  let worker: Worker;
  const stderr: string[] = [];
  beforeAll(async () => {
    worker = await startFake(transport, (line) => stderr.push(line));
  });
  afterAll(() => worker.close());

  test.each((Object.keys(methods) as MethodName[]).filter((method) => method !== "shutdown"))(
    "%s goes there and back",
    async (method) => {
      // Both sides check every field on the way: the msgspec struct there, the JSON Schema here.
      expect(await worker.request(method, examples[method])).toBeTypeOf("object");
    },
  );

  test("values arrive as they were sent, in params, progress and result", async () => {
    const progress: unknown[] = [];
    const text = '"quoted" \\ é 漢 😀 \u2028 \u0000 ffid';
    const result = await worker.request("generate", generate([text, "abc"]), {
      onProgress: (p) => void progress.push(p),
    });
    const candidate = { index: 0, tokenIds: [1, 2], finish: "stop", logprob: -1.5, tokens: 2 };
    expect(progress).toEqual([
      {
        candidates: [{ ...candidate, questionId: "q0", text: [...text].reverse().join("") }],
        done: 1,
        total: 2,
        tokens: 2,
      },
      { candidates: [{ ...candidate, questionId: "q1", text: "cba" }], done: 2, total: 2, tokens: 4 },
    ]);
    const sampler = { name: "transformers", version: "0", slots: 1, step: "plain" };
    expect(result).toEqual({ candidates: 2, tokens: 4, seconds: 0.5, digest: "d", sampler });
  });

  test("a response that a stop text cut has neither token ids nor a log-probability", async () => {
    const candidates: Progress<"generate">["candidates"] = [];
    await worker.request(
      "generate",
      { ...generate(["cba", "fed"]), stop: ["d"] },
      { onProgress: (progress) => void candidates.push(...progress.candidates) },
    );
    expect(candidates).toEqual([
      { questionId: "q0", index: 0, text: "abc", tokenIds: [1, 2], finish: "stop", logprob: -1.5, tokens: 2 },
      { questionId: "q1", index: 0, text: "", finish: "stop", tokens: 2 },
    ]);
  });

  test("a prompt is rendered, and what a chat template does not take has its own errors", async () => {
    const ask = (source: string, role: "system" | "user") =>
      worker.request("prompt/render", {
        source,
        conversations: [
          { messages: [{ role: "user", content: "a" }] },
          {
            messages: [
              { role, content: "b" },
              { role: "assistant", content: "c" },
            ],
          },
        ],
      });
    expect(await ask("any", "user")).toEqual({ texts: ["user:a", "user:b|assistant:c"] });
    const none = await rejection(ask("none", "user"));
    expect(isWorkerFailure(none, "NoChatTemplate") && none.data).toEqual({
      source: "none",
      pointer: "/source",
    });
    const refused = await rejection(ask("any", "system"));
    expect(isWorkerFailure(refused, "ChatTemplateRefused") && refused.data).toEqual({
      source: "any",
      conversation: 1,
      pointer: "/conversations/1",
    });
  });

  test("shutdown answers, then the worker goes", async () => {
    const other = await startFake(transport);
    expect(await other.request("shutdown", {})).toEqual({});
    await other.close();
    await other.closed;
  });

  test("an unknown method is answered with the nearest one", async () => {
    const error = await rejection(worker.request("model/laod" as "model/load", load("x")));
    expect(isWorkerFailure(error, "MethodNotFound") && error.data).toEqual({
      method: "model/laod",
      nearest: "model/load",
    });
    expect((error as Error).message).toBe(
      "the worker: there is no method 'model/laod'; did you mean 'model/load'?\n  did you mean: model/load",
    );
  });

  test.each([
    ["an unknown field", { sorce: "x" }, "/sorce", '"x"', "unknown field `sorce`; did you mean `source`?"],
    ["a missing field", { source: undefined }, "/source", undefined, "missing required field `source`"],
    ["a wrong type", { source: 5 }, "/source", "5", "expected `str`, got `int`"],
    ["a value out of range", { source: "" }, "/source", '""', "length >= 1"],
    ["a wrong name", { dtype: "float31" }, "/dtype", '"float31"', "invalid enum value 'float31'"],
  ])("%s is answered with its place and value", async (_, change, pointer, found, text) => {
    const error = await rejection(worker.request("model/load", { ...load("x"), ...change } as never));
    expect(isWorkerFailure(error, "InvalidParams") && error.data).toEqual({
      pointer,
      ...defined({ found }),
    });
    expect((error as Error).message).toContain(text);
  });

  test("a wrong field deep inside is named by its whole path", async () => {
    const groups = [
      { id: "a", prompt: "p", responses: [{ text: "r", target: true }] },
      {
        id: "b",
        prompt: "p",
        responses: [
          { text: "r", target: true },
          { text: "s", targt: true },
        ],
      },
    ];
    const error = await rejection(worker.request("train/step", { run: "r", step: 1, groups } as never));
    expect(isWorkerFailure(error, "InvalidParams") && error.data).toEqual({
      pointer: "/groups/1/responses/1/targt",
      found: "true",
    });
    expect((error as Error).message).toContain("did you mean `target`?");
  });

  test("a text that is not Unicode is refused, and the worker goes on", async () => {
    const error = await rejection(worker.request("tokenizer/train", tokenizerOf(["half a pair: \ud800"])));
    expect((error as Error).message).toContain("tokenizer/train, texts.0: half of a character");
    expect(await worker.request("model/digest", { model: "m" })).toEqual({ digest: "d" });
  });

  test("20 MB of text go there and back", async () => {
    const text = "é".repeat(10_000_000);
    expect((await worker.request("tokenizer/train", tokenizerOf([text]))).vocabularySize).toBe(text.length);
    let back = 0;
    await worker.request("generate", generate([text]), {
      onProgress: ({ candidates }) => {
        back += candidates[0]?.text === text ? 1 : 0;
      },
    });
    expect(back).toBe(1);
  });

  test("1,000 requests in flight each get their own answer", async () => {
    const { signal } = new AbortController();
    const sizes = Array.from({ length: 1_000 }, (_, at) => at + 1);
    const answers = await Promise.all(
      sizes.map((size) => worker.request("tokenizer/train", tokenizerOf(["x".repeat(size)]), { signal })),
    );
    expect(answers.map((answer) => answer.vocabularySize)).toEqual(sizes);
  });

  test("an immediate method overtakes what runs and what waits", async () => {
    const order: string[] = [];
    const controller = new AbortController();
    let immediate: Promise<void> | undefined;
    const running = worker.request("generate", generate(["a"], 60_000), {
      signal: controller.signal,
      onProgress: () => {
        immediate = worker.request("device/memory", {}).then(() => {
          order.push("immediate");
          controller.abort();
        });
      },
    });
    const queued = worker.request("model/digest", { model: "m" }).then(() => order.push("queued"));
    await rejection(running);
    order.push("running");
    await Promise.all([immediate, queued]);
    expect(order).toEqual(["immediate", "running", "queued"]);
  });

  test("cancelling what runs rejects with the signal's reason, and the worker is free again", async () => {
    const controller = new AbortController();
    const running = worker.request("generate", generate(["a"], 60_000), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    expect(await rejection(running)).toEqual(new Error("enough"));
    expect(await worker.request("model/digest", { model: "m" })).toEqual({ digest: "d" });
  });

  test("what is cancelled while it waits never runs", async () => {
    const first = new AbortController();
    const second = new AbortController();
    let begun = 0;
    const onProgress = (): void => {
      begun++;
      second.abort(new Error("not this one"));
    };
    const running = worker.request("generate", generate(["a"], 60_000), { signal: first.signal, onProgress });
    const waiting = worker.request("generate", generate(["a"], 60_000), {
      signal: second.signal,
      onProgress,
    });
    expect(await rejection(waiting)).toEqual(new Error("not this one"));
    first.abort(new Error("nor this"));
    expect(await rejection(running)).toEqual(new Error("nor this"));
    expect(begun).toBe(1);
  });

  test("a signal that is aborted already sends nothing", async () => {
    const signal = AbortSignal.abort(new Error("before"));
    expect(await rejection(worker.request("generate", generate(["a"]), { signal }))).toEqual(
      new Error("before"),
    );
  });

  test("progress comes in order, one callback at a time, and before the result", async () => {
    const seen: string[] = [];
    await worker.request("generate", generate(["1", "2", "3"]), {
      async onProgress({ done }) {
        seen.push(`begin ${done}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
        seen.push(`end ${done}`);
      },
    });
    expect(seen).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
  });

  test("a progress callback that fails cancels the request, which rejects with that error", async () => {
    let calls = 0;
    const request = worker.request("generate", generate(["a"], 60_000), {
      async onProgress() {
        calls++;
        throw new Error("disk full");
      },
    });
    expect(await rejection(request)).toEqual(new Error("disk full"));
    expect(calls).toBe(1);
  });

  test("print() in the worker, in Python and in C, disturbs nothing and is seen", async () => {
    stderr.length = 0;
    await worker.request("model/load", load("print"));
    await worker.request("model/digest", { model: "m" });
    await expect
      .poll(() => stderr, { timeout: 50_000 })
      .toEqual(["printed by Python", "written by Python", "written to fd 1", "printed by C"]);
  });

  test("a non-finite number crosses by name, never as null", async () => {
    const responses = ["nan", "inf", "-inf"].map((text) => ({ text }));
    const { groups } = await worker.request("score", {
      model: "m",
      groups: [{ id: "q", prompt: "p", responses }],
      perToken: true,
      maxTokensPerBatch: 1,
    });
    expect(groups[0]?.scores.map((score) => score.logprob)).toEqual([
      { finite: false, value: "nan" },
      { finite: false, value: "inf" },
      { finite: false, value: "-inf" },
    ]);
    expect(groups[0]?.scores[0]?.tokenLogprobs).toEqual([{ finite: false, value: "nan" }, -0.5]);
  });

  test("a NaN loss is an error that holds the step, its groups and the loss", async () => {
    const error = await rejection(worker.request("train/step", { ...examples["train/step"], run: "nan" }));
    expect(isWorkerFailure(error, "NonFiniteLoss") && error.data).toEqual({
      step: 1,
      groups: ["q1"],
      loss: { total: { finite: false, value: "nan" }, vft: { finite: false, value: "inf" }, alignment: 0.5 },
    });
  });

  test.each([
    [
      "a result",
      "/learningRate",
      () => worker.request("train/step", { ...examples["train/step"], run: "nan rate" }),
    ],
    ["progress", "/candidates/0/logprob", () => worker.request("generate", generate(["nan"]))],
  ])("a NaN in %s where none can stand is an error that names the field", async (_, pointer, request) => {
    const error = await rejection(request());
    expect(isWorkerFailure(error, "InternalError") && error.data.pointer).toBe(pointer);
  });

  test("an unforeseen exception brings its traceback", async () => {
    const error = await rejection(worker.request("model/load", load("raise")));
    expect((error as Error).message).toBe("the worker, in model/load: ValueError: as planned");
    expect(isWorkerFailure(error, "InternalError") && error.data.traceback).toContain("fake_handlers.py");
  });

  test("out of memory and a full disk have their own names", async () => {
    const memory = await rejection(worker.request("model/load", load("out of memory")));
    expect(isWorkerFailure(memory, "OutOfMemory") && memory.data).toEqual({ device: "cpu" });
    const disk = await rejection(worker.request("model/save", { model: "m", directory: "/full" }));
    expect(isWorkerFailure(disk, "WriteFailed") && disk.data).toEqual({
      path: "/full/model.safetensors",
      errno: "ENOSPC",
    });
  });

  test("a missing package is named", async () => {
    const error = await rejection(worker.request("model/load", load("missing package")));
    expect((error as Error).message).toContain("the Python package 'no_such_package' is missing in ");
  });

  test("a result that protocol.ts does not allow is refused here", async () => {
    const error = await rejection(worker.request("model/load", load("lie")));
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as Error).message).toBe(
      "/parameters: the worker sent a result of model/load that protocol.ts does not allow: must be integer\n" +
        '  found: "many"\n' +
        "  fix: run npm run generate, and see that the worker is the one of this version",
    );
  });
});
