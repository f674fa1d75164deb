import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Worker } from "../../../../ts/bridge/index.ts";
import { type Experiment, trackingSchema, trainingSchema } from "../../../../ts/config/index.ts";
import type { PlanNode } from "../../../../ts/experiment/stages/node.ts";
import { Tracking } from "../../../../ts/experiment/tracking/tracking.ts";
import { evaluationValues, stepValues } from "../../../../ts/experiment/tracking/values.ts";
import { train } from "../../../../ts/experiment/train/training.ts";

interface Call {
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: it stands for every method at once.
  params: any;
}

/** A worker whose training does nothing, and whose trackers answer as `answer` says; by default they take all. */
function fakeWorker(answer: (call: Call) => object | undefined = () => undefined, stepsDone = 0) {
  const calls: Call[] = [];
  let opened = 0;
  // biome-ignore lint/suspicious/noExplicitAny: likewise.
  const request = async (method: string, params: any) => {
    const call = { method, params };
    calls.push(call);
    const answered = answer(call);
    if (answered !== undefined) return answered;
    if (method === "track/open") return { tracker: `tracker-${++opened}` };
    if (method === "train/begin") return { run: "r", step: params.resumeFrom === undefined ? 0 : stepsDone };
    if (method === "train/save" || method === "model/save") {
      await mkdir(params.directory, { recursive: true });
      return {};
    }
    if (method === "train/end") return { step: 0, digest: "d" };
    if (method !== "train/step") return {};
    const loss = { total: params.step / 4, vft: 1, alignment: 0 };
    const counts = { groups: 2, pairedGroups: 0, targetTokens: 1, tokens: 5, seconds: 0.1 };
    return { step: params.step, learningRate: 0.1, loss, gradientNorm: 1, ...counts };
  };
  const points = () =>
    calls.flatMap(({ method, params }) =>
      method === "track/log" ? (params.points as { step: number; values: { loss: number } }[]) : [],
    );
  const opens = () => calls.filter(({ method }) => method === "track/open").map(({ params }) => params);
  return { calls, opens, points, worker: { request } as unknown as Worker };
}

const vft = { stage: "vft", seed: 1, settings: {}, inputs: {} } as unknown as PlanNode;
const align = { ...vft, stage: "align", method: "aft-bc" } as PlanNode;

function tracking(settings: object, some: Partial<Experiment> = {}) {
  const notes: string[] = [];
  const experiment = {
    ...{ name: "x", seeds: [1], methods: { "aft-bc": {} }, tracking: trackingSchema.parse(settings) },
    ...some,
  } as unknown as Experiment;
  const progress = { note: (text: string) => void notes.push(text), update() {}, end() {} };
  return { notes, progress, tracking: new Tracking({ experiment, folder: "/runs/x", progress }) };
}

const newFolder = () => mkdtemp(join(tmpdir(), "aft-tracking-"));

async function trained(worker: Worker, of: ReturnType<typeof tracking>, directory: string): Promise<void> {
  const track = of.tracking.trackOf(align, "key");
  await train({
    ...{ worker, model: "m", loss: { kind: "vft" }, seed: 1, directory, maxTokensPerBatch: 64 },
    groups: ["a", "b"].map((id) => ({ id, prompt: id, responses: [{ text: id, target: true }] })),
    settings: trainingSchema.parse({ steps: 6, batchSize: 2, saveEvery: 2 }),
    ...{ label: "align", progress: of.progress, signal: new AbortController().signal },
    track: (mode) => track(worker, mode),
  });
}

test("every step goes to every tracker that is asked for, under the run's name and with its settings", async () => {
  const { worker, calls, opens } = fakeWorker();
  const of = tracking({ wandb: { project: "p", mode: "offline" }, mlflow: {}, trackio: { project: "q" } });
  await trained(worker, of, await newFolder());
  expect(opens().map(({ kind, directory, settings }) => [kind, directory, settings])).toEqual([
    ["tensorboard", "/runs/x/tensorboard/aft-bc-seed1", {}],
    ["wandb", "/runs/x/wandb/aft-bc-seed1", { project: "p", mode: "offline" }],
    ["mlflow", "/runs/x/mlflow/aft-bc-seed1", { experiment: "x" }],
    ["trackio", "/runs/x/trackio/aft-bc-seed1", { project: "q" }],
  ]);
  for (const open of opens()) {
    expect(open).toMatchObject({ name: "x/aft-bc/seed1", key: "key", mode: "new" });
    expect(JSON.parse(open.config)).toEqual({ name: "x", seeds: [1], methods: { "aft-bc": {} } });
  }
  for (const tracker of ["tracker-1", "tracker-2", "tracker-3", "tracker-4"]) {
    const own = calls.filter(({ params }) => params.tracker === tracker);
    const points = own.flatMap(({ params }) => params.points ?? []);
    expect(points.map(({ step, values }) => [step, values.loss])).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => [step, step / 4]),
    );
    expect(own.at(-1)!.method).toBe("track/close");
  }
  expect(of.notes).toEqual([]);
});

test("a resumed training sends the steps that were recorded again, and then its own", async () => {
  const first = fakeWorker();
  const folder = await newFolder();
  await trained(first.worker, tracking({}), folder);
  // As a crash after step 4 leaves it.
  await mkdir(join(folder, "resume"));
  await rm(join(folder, "trained.json"));
  const resumed = fakeWorker(undefined, 4);
  await trained(resumed.worker, tracking({}), folder);
  expect(resumed.opens().map(({ mode }) => mode)).toEqual(["resume"]);
  expect(resumed.points()).toEqual(first.points());
  const { calls } = resumed;
  expect(calls.filter(({ method }) => method === "train/step").map(({ params }) => params.step)).toEqual([
    5, 6,
  ]);
});

test("a tracker that is not there is told of once, and not asked for again", async () => {
  const why = "wandb is not installed: python -m pip install wandb";
  const { worker, opens } = fakeWorker(({ method, params }) =>
    method === "track/open" && params.kind === "wandb" ? { unavailable: why } : undefined,
  );
  const of = tracking({ tensorboard: false, wandb: { project: "p" } });
  await trained(worker, of, await newFolder());
  await trained(worker, of, await newFolder());
  expect(of.notes).toEqual([`tracking by wandb is off: ${why}`]);
  expect(opens()).toHaveLength(1);
});

test("a tracker that fails on the way is told of once, and the training goes on to its end", async () => {
  const { worker, calls } = fakeWorker(({ method }) =>
    method === "track/log" ? { failed: "no network" } : undefined,
  );
  const of = tracking({});
  await trained(worker, of, await newFolder());
  await trained(worker, of, await newFolder());
  expect(of.notes).toEqual(["tracking by tensorboard is off: x/aft-bc/seed1: no network"]);
  expect(calls.filter(({ method }) => method === "track/log")).toHaveLength(1);
  expect(calls.filter(({ method }) => method === "train/step")).toHaveLength(12);
});

test.each(["track/open", "track/log", "track/close"])(
  "an error of %s does not stop a training",
  async (broken) => {
    const { worker, calls } = fakeWorker(({ method }) => {
      if (method === broken) throw new Error("as planned");
      return undefined;
    });
    const of = tracking({});
    await trained(worker, of, await newFolder());
    expect(of.notes).toHaveLength(1);
    expect(of.notes[0]).toMatch(/^tracking by tensorboard is off: (x\/aft-bc\/seed1: )?as planned$/);
    expect(calls.at(-1)!.method).toBe("model/save");
  },
);

test("runs are named by method, value and seed; the VFT that all go on from by its stage", async () => {
  const named = async (node: PlanNode, methods = {}): Promise<string[]> => {
    const { worker, opens } = fakeWorker();
    await tracking({}, { methods: methods as Experiment["methods"] }).tracking.trackOf(node, "k")(
      worker,
      "new",
    );
    return opens().flatMap(({ name, directory }) => [name, directory.split("/").at(-1)]);
  };
  expect(await named(vft)).toEqual(["x/vft/seed1", "vft-seed1"]);
  expect(await named(vft, { vft: {} })).toEqual(["x/vft-stage/seed1", "vft-stage-seed1"]);
  expect(await named({ ...align, variant: "beta 0.2" })).toEqual([
    "x/aft-bc-beta-0.2/seed1",
    "aft-bc-beta-0.2-seed1",
  ]);
});

test("what a step did not measure is not sent", () => {
  const loss = { total: 2, vft: 1.5, alignment: 0.5 };
  const counts = { groups: 2, pairedGroups: 0, tokens: 5, seconds: 0.1 };
  const heldOut = { questions: 4, accuracy: 0.5, assessmentMicro: null };
  const perplexities = { perplexityPositive: 1.5, perplexityNegative: null, perplexityReference: null };
  const step = { step: 3, learningRate: 0.1, loss, gradientNorm: Number.POSITIVE_INFINITY, ...counts };
  expect(stepValues({ ...step, margin: 0.25, heldOut: { ...heldOut, ...perplexities } })).toEqual({
    ...{ loss: 2, vft: 1.5, alignment: 0.5, learningRate: 0.1, margin: 0.25 },
    ...{ "heldOut/accuracy": 0.5, "heldOut/perplexityPositive": 1.5 },
  });
});

test("an evaluation is told by its split, and by its task where there are several", () => {
  const candidate = (text: string, correct: boolean, score: number) => ({
    text,
    extracted: "1",
    correct,
    score,
  });
  const candidates = [candidate("a", true, -0.5), candidate("b", false, -1)];
  const group = { id: "q", task: "t", prompt: "?", reference: "r", answer: "1", candidates };
  const values = {
    accuracy: 0.5,
    AAccuracy: 1,
    perplexityPositive: Math.exp(0.5),
    perplexityNegative: Math.E,
  };
  const predictions = [{ correct: true }, { correct: false }] as never;
  const told = evaluationValues({ split: "test", task: "t", predictions, heldOut: [group] });
  expect(told).toEqual(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`test/t/${name}`, expect.closeTo(value)]),
    ),
  );
  expect(evaluationValues({ split: "validation", heldOut: [] })).toEqual({});
});
