import { describe, expect, test } from "vitest";
import { type Params, type Requests, WorkerFailure } from "../../../../ts/bridge/index.ts";
import type { Example } from "../../../../ts/experiment/estimate/examples.ts";
import {
  depthsOf,
  type Rehearsal,
  rehearse,
  withLayers,
} from "../../../../ts/experiment/estimate/rehearsal.ts";
import { shapeOfCreated } from "../../../../ts/experiment/estimate/shape.ts";
import type { Work } from "../../../../ts/experiment/estimate/stage.ts";
import { setup, sevenBillion } from "./sizes.ts";

const examples: Example[] = Array.from({ length: 50 }, (_, at) => ({
  prompt: "p".repeat(20 + (at % 3)),
  response: "r".repeat(30 + (at % 5)),
  tokens: 50 + (at % 3) + (at % 5),
}));

const training = (questions: number, responses: number, perStep: number): Work => ({
  key: `${questions}x${responses}`,
  label: "align",
  trained: {
    tokens: 100 * perStep,
    perStep,
    questions,
    responses,
    lengthGrouped: false,
    steps: 100,
    savesStates: false,
  },
});
const works: Work[] = [
  training(16, 1, 16 * 50),
  training(8, 7, 8 * 250),
  {
    key: "sample",
    label: "sample",
    sampled: [
      { prompts: 100, k: 6, promptTokens: { mean: 20, longest: 22 }, responseTokens: 40, maxNewTokens: 64 },
    ],
  },
];

/** What things take, in ms, of a model of `layers` layers: the first of each kind a second more. */
const cost = {
  load: (layers: number) => 100 + 10 * layers,
  step: (layers: number) => 5 + 2 * layers,
  trainedToken: (layers: number) => 0.01 + 0.001 * layers,
  scoredToken: (layers: number) => 0.002 + 0.0005 * layers,
  start: () => 30,
  sampledToken: (layers: number) => 0.01 + 0.02 * layers,
};

function fakeWorker() {
  const clock = { ms: 0 };
  const loaded: number[] = [];
  const warm = new Set<string>();
  const asked: { method: string; params: unknown }[] = [];
  let layers = 0;
  let queue = Promise.resolve<unknown>(undefined);
  const pass = (kind: string, ms: number): void => {
    clock.ms += ms + (warm.has(`${kind} ${layers}`) ? 0 : 1000);
    warm.add(`${kind} ${layers}`);
  };
  const textTokens = (text: string): number => text.length;
  const answers: Record<string, (params: never) => unknown> = {
    score({ groups }: Params<"score">) {
      const tokens = groups
        .flatMap(({ prompt, responses }) => [prompt, ...responses.map(({ text }) => text)])
        .reduce((sum, text) => sum + textTokens(text), 0);
      pass("score", tokens * cost.scoredToken(layers));
      return { tokens };
    },
    generate({ prompts, maxNewTokens }: Params<"generate">) {
      const tokens = prompts.length * maxNewTokens;
      const promptTokens = 20 * prompts.length;
      pass(
        "generate",
        cost.start() + tokens * cost.sampledToken(layers) + promptTokens * cost.scoredToken(layers),
      );
      return { tokens };
    },
    "train/begin": () => ({ run: "r", step: 0 }),
    "train/step"({ groups }: Params<"train/step">) {
      const tokens = groups
        .flatMap(({ prompt, responses }) => [prompt, ...responses.map(({ text }) => text)])
        .reduce((sum, text) => sum + textTokens(text), 0);
      pass("train", cost.step(layers) + tokens * cost.trainedToken(layers));
      return { tokens };
    },
    "model/unload": () => ({}),
  };
  const request = (method: string, params: unknown): Promise<unknown> => {
    asked.push({ method, params });
    queue = queue.then(() => answers[method]!(params as never));
    return queue;
  };
  return {
    worker: { request } as unknown as Requests,
    asked,
    loaded,
    now: () => clock.ms,
    load: async (count: number) => {
      loaded.push(count);
      layers = count;
      clock.ms += cost.load(layers) + (loaded.length === 1 ? 2000 : 0);
      return { model: `m${count}` };
    },
  };
}

const small = shapeOfCreated(
  {
    architecture: "llama",
    hiddenSize: 96,
    intermediateSize: 256,
    layers: 3,
    heads: 4,
    maxPositions: 256,
    tieEmbeddings: true,
    initStd: 0.02,
    tokenizer: { kind: "words", bos: true },
  },
  100,
);

async function paceOf(tried: Rehearsal) {
  const rehearsed = await rehearse(tried);
  if ("reason" in rehearsed) throw new Error(rehearsed.reason);
  return rehearsed.pace;
}

const rehearsal = (fake: ReturnType<typeof fakeWorker>, more: Partial<Rehearsal> = {}): Rehearsal => ({
  ...fake,
  setup: setup({ shape: small, dtype: "float32", accelerator: false }),
  speed: { flopsPerSecond: 1e11 },
  works,
  examples,
  signal: new AbortController().signal,
  seconds: 0.4,
  ...more,
});

test("a small model is tried whole, and each number is found without what comes once", async () => {
  const fake = fakeWorker();
  const pace = await paceOf(rehearsal(fake));
  // Once with a layer, for all that comes with the first model of a process.
  expect(fake.loaded).toEqual([1, 3]);
  expect(pace.load).toBeCloseTo(cost.load(3) / 1000);
  expect(pace.scored.token).toBeCloseTo(cost.scoredToken(3) / 1000, 9);
  expect(pace.sampled.token).toBeCloseTo(cost.sampledToken(3) / 1000, 9);
  expect(pace.sampled.start).toBeCloseTo(cost.start() / 1000, 6);
  // Each kind of batch as a whole: 16 of 55 tokens or so, and 8 of 20 and seven times 32.
  const ofKind = (tokens: number): number => cost.step(3) / tokens + cost.trainedToken(3);
  expect(pace.trained.map(({ batch }) => batch.perStep)).toEqual([16 * 50, 8 * 250]);
  for (const [at, tokens] of [16 * 53, 8 * 245].entries())
    expect(pace.trained[at]!.token * 1000).toBeCloseTo(ofKind(tokens), 3);
  expect(fake.asked.at(-1)).toEqual({ method: "model/unload", params: { model: "m3" } });
});

test("the smallest and the largest batch of the run are tried, and as many samples at once as it has", async () => {
  const fake = fakeWorker();
  await rehearse(rehearsal(fake));
  const batches = fake.asked.flatMap(({ method, params }) =>
    method === "train/step" ? [(params as Params<"train/step">).groups] : [],
  );
  const shapes = batches.map((groups) => `${groups.length} x ${groups[0]!.responses.length}`);
  expect(new Set(shapes)).toEqual(new Set(["8 x 7", "16 x 1"]));
  // Two steps to set up, and at least four that count, of each.
  expect(shapes.filter((shape) => shape === "16 x 1").length).toBeGreaterThanOrEqual(6);
  const steps = fake.asked.flatMap(({ method, params }) =>
    method === "train/step" ? [(params as Params<"train/step">).step] : [],
  );
  // As many tokens as the longest training has, counted in batches of the first that is tried.
  const totals = fake.asked.flatMap(({ method, params }) =>
    method === "train/begin" ? [(params as Params<"train/begin">).schedule.totalSteps] : [],
  );
  expect(totals).toEqual([(100 * 8 * 250) / (16 * 50)]);
  expect(steps).toEqual(steps.map((_, at) => at + 1));
  const sampled = fake.asked.flatMap(({ method, params }) =>
    method === "generate" ? [params as Params<"generate">] : [],
  );
  expect(new Set(sampled.map(({ prompts }) => prompts.length))).toEqual(new Set([128]));
  const lengths = sampled.map(({ maxNewTokens }) => maxNewTokens);
  // Short ones twice before the first that is as long as the time allows: a sample of the run has 40.
  expect(lengths.slice(0, 3)).toEqual([8, 8, 29]);
  // Training changes the weights, whose digest each request of samples would then work out anew.
  const order = fake.asked.map(({ method }) => method);
  expect(order.lastIndexOf("generate")).toBeLessThan(order.indexOf("train/begin"));
});

test("a run that trains on questions of similar length is tried with such batches", async () => {
  const fake = fakeWorker();
  const [grouped] = works.map((work) => ({ ...work, trained: { ...work.trained!, lengthGrouped: true } }));
  await rehearse(rehearsal(fake, { works: [grouped!] }));
  const batches = fake.asked.flatMap(({ method, params }) =>
    method === "train/step" ? [(params as Params<"train/step">).groups] : [],
  );
  const whole = batches.filter((groups) => groups.length === 16);
  const lengths = whole.map((groups) =>
    groups.map(({ prompt, responses }) => prompt.length + responses[0]!.text.length),
  );
  // Of 50 examples of 50 to 56 tokens a third lie within two of each other.
  for (const batch of lengths) expect(Math.max(...batch) - Math.min(...batch)).toBeLessThanOrEqual(3);
  expect(new Set(lengths.map((batch) => Math.min(...batch))).size).toBeGreaterThan(1);
});

test("of a large model a layer and some more are tried, and all follow", async () => {
  const fake = fakeWorker();
  const large = rehearsal(fake, { setup: setup(), speed: { flopsPerSecond: 5e14 } });
  const pace = await paceOf(large);
  expect(fake.loaded).toEqual([1, 1, 3]);
  expect(pace.load).toBeCloseTo(cost.load(32) / 1000);
  expect(pace.scored.token).toBeCloseTo(cost.scoredToken(32) / 1000, 9);
  expect(pace.sampled.token).toBeCloseTo(cost.sampledToken(32) / 1000, 9);
  // Batches that are tried whole, of all layers.
  for (const [at, tokens] of [16 * 53, 8 * 245].entries())
    expect(pace.trained[at]!.token * 1000).toBeCloseTo(cost.step(32) / tokens + cost.trainedToken(32), 3);
});

test("of a batch that takes too long two sizes of less are tried, which tell what a step and a token take", async () => {
  const slow = rehearsal(fakeWorker(), { setup: setup(), speed: { flopsPerSecond: 2e13 } });
  const { trained } = await paceOf(slow);
  expect(trained).toHaveLength(2);
  for (const { step, token } of trained) {
    expect(token).toBeCloseTo(cost.trainedToken(32) / 1000, 6);
    expect(step).toBeCloseTo(cost.step(32) / 1000, 3);
  }
});

describe("how many layers are tried", () => {
  const depths = (more: Partial<Rehearsal>) => depthsOf(rehearsal(fakeWorker(), more));

  test("enough to weigh as much as the head", () => {
    // SmolLM2 135M: a head of 28 million weights, blocks of 3.5 million.
    const smol = shapeOfCreated(
      {
        architecture: "llama",
        hiddenSize: 576,
        intermediateSize: 1536,
        layers: 30,
        heads: 9,
        keyValueHeads: 3,
        maxPositions: 2048,
        tieEmbeddings: true,
        initStd: 0.02,
        tokenizer: { kind: "bpe", bos: true },
      },
      49_152,
    );
    const cpu = setup({ shape: smol, dtype: "float32", accelerator: false, freeBytes: 16e9 });
    expect(depths({ setup: cpu })).toEqual([1, 10]);
    // A GPU takes all of it.
    expect(depths({ setup: setup({ shape: smol }), speed: { flopsPerSecond: 5e14 } })).toEqual([30]);
  });

  test("none where even that takes too long or has no room", () => {
    expect(depths({ setup: setup(), speed: { flopsPerSecond: 1e9 } })).toEqual([]);
    expect(depths({ setup: setup({ freeBytes: 4e9 }), speed: { flopsPerSecond: 5e14 } })).toEqual([]);
  });
});

test("nothing is tried without a question, or of a model that is too large, and it is said why", async () => {
  const fake = fakeWorker();
  expect(await rehearse(rehearsal(fake, { examples: [] }))).toEqual({
    reason: "there is no training question to try it with",
  });
  expect(await rehearse(rehearsal(fake, { setup: setup(), speed: { flopsPerSecond: 1e9 } }))).toEqual({
    reason: "the model is too large to be tried here",
  });
  expect(fake.loaded).toEqual([]);
});

describe("a model that fails", () => {
  const failing = (fake: ReturnType<typeof fakeWorker>, error: Error) => ({
    worker: {
      request: (method: string, params: never) =>
        method === "generate" ? Promise.reject(error) : fake.worker.request(method as never, params),
    } as unknown as Requests,
  });

  test("by an error of the worker is unloaded, and goes by its sizes", async () => {
    const fake = fakeWorker();
    const error = new WorkerFailure("generate", "OutOfMemory", 1, "cuda:0 is full", { device: "cuda:0" });
    expect(await rehearse(rehearsal(fake, failing(fake, error)))).toEqual({
      reason: expect.stringMatching(/^trying it failed: .*cuda:0 is full/),
    });
    expect(fake.asked.at(-1)!.method).toBe("model/unload");
  });

  test("by anything else, or once it was stopped, is an error", async () => {
    const fake = fakeWorker();
    const died = failing(fake, new Error("the worker is gone"));
    await expect(rehearse(rehearsal(fake, died))).rejects.toThrow("the worker is gone");
    const stopped = new AbortController();
    stopped.abort(new Error("Ctrl-C"));
    await expect(rehearse(rehearsal(fake, { signal: stopped.signal }))).rejects.toThrow("Ctrl-C");
  });
});

test("the first layers of a model have that many parameters less", () => {
  const cut = withLayers(setup(), 2).shape;
  const block = (sevenBillion.parameters - 2 * 32_000 * 4096 - 65 * 4096) / 32;
  expect(sevenBillion.parameters - cut.parameters).toBe(30 * block);
  expect([cut.layers, cut.linearLayers[0]!.count]).toEqual([2, 2]);
});
