import { mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { ensurePython, startWorker, type Worker, WorkerDied } from "../../../../ts/bridge/index.ts";
import { type Experiment, trackingSchema, trainingSchema } from "../../../../ts/config/index.ts";
import { projectRoot } from "../../../../ts/core/project.ts";
import type { PlanNode } from "../../../../ts/experiment/stages/node.ts";
import { Tracking } from "../../../../ts/experiment/tracking/tracking.ts";
import { train } from "../../../../ts/experiment/train/training.ts";

const python = await ensurePython();
const testsOfPython = join(projectRoot, "tests", "py");
const prompt = "Cat buys 2 boxes of 3 keys .";
const right = " 2 * 3 = 6 ; #### 6";
const wrong = " 2 * 3 = 5 ; #### 5";

const start = (env: Record<string, string> = {}): Promise<Worker> =>
  startWorker({ transport: "stdio", python, threads: 1, env });

/** The same tiny model, whichever worker makes it. */
async function tinyModel(worker: Worker, folder: string): Promise<string> {
  const tokenizer = join(folder, "tokenizer");
  await worker.request("tokenizer/train", {
    kind: "words",
    texts: [prompt + right + wrong],
    directory: tokenizer,
  });
  const { model } = await worker.request("model/create", {
    ...{ architecture: "llama", hiddenSize: 16, intermediateSize: 32, layers: 1, heads: 2, maxPositions: 64 },
    ...{ tieEmbeddings: true, initStd: 0.05, tokenizer, seed: 1 },
    ...{ dtype: "float32", device: "cpu", attention: "sdpa" },
  });
  return model;
}

interface Training {
  folder: string;
  settings: object;
  waitSeconds?: number;
  onStep?: (done: number) => void;
}

/** Twelve steps of alignment, with a saved state every four; gives what was said on the way. */
async function trainTiny(
  worker: Worker,
  { folder, settings, waitSeconds, onStep }: Training,
): Promise<string[]> {
  const model = await tinyModel(worker, folder);
  const directory = join(folder, "artefact");
  await mkdir(directory, { recursive: true });
  const notes: string[] = [];
  const progress = {
    note: (text: string) => void notes.push(text),
    update: ({ done }: { done: number }) => onStep?.(done),
    end() {},
  };
  const experiment = {
    name: "x",
    methods: {},
    tracking: trackingSchema.parse(settings),
  } as unknown as Experiment;
  const tracking = new Tracking({
    ...{ experiment, folder: join(folder, "run"), progress },
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
  });
  const track = tracking.trackOf({ stage: "align", method: "aft", seed: 1 } as PlanNode, "key");
  await train({
    ...{ worker, model, seed: 1, directory, maxTokensPerBatch: 512, progress },
    groups: ["a", "b", "c"].map((id) => ({
      ...{ id, prompt },
      responses: [
        { text: right, target: true, label: "positive", rank: 1 },
        { text: wrong, target: false, label: "negative", rank: 2 },
      ],
    })),
    settings: trainingSchema.parse({ steps: 12, batchSize: 1, learningRate: 1e-3, saveEvery: 4 }),
    loss: { kind: "alignment", constraint: "detached", weight: 1, detachBoundary: true },
    ...{ label: "align", signal: new AbortController().signal },
    track: (mode) => track(worker, mode),
  });
  return notes;
}

const newFolder = () => mkdtemp(join(tmpdir(), "aft-tracking-"));
const stepsOf = async (folder: string) =>
  (await readFile(join(folder, "artefact", "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const isThere = "import importlib.util, sys; sys.exit(importlib.util.find_spec('tensorboardX') is None)";
const { exitCode } = await execa(python, ["-c", isThere], { reject: false });
describe.skipIf(exitCode !== 0)("with tensorboardX", () => {
  /** [name, step, value] of the run's event files, as a reader shows them. */
  async function scalarsOf(folder: string): Promise<[string, number, number][]> {
    const files = join(folder, "run", "tensorboard", "aft-seed1");
    const { stdout } = await execa(python, [join(testsOfPython, "event_files.py"), files]);
    return JSON.parse(stdout);
  }

  test("a killed training goes on in the same event files, with every step once", async () => {
    const folder = await newFolder();
    const first = await start();
    const broken = trainTiny(first, {
      ...{ folder, settings: {} },
      onStep: (done) => {
        if (done === 6) process.kill(first.pid, "SIGKILL");
      },
    });
    await expect(broken).rejects.toBeInstanceOf(WorkerDied);
    await first.close();
    const second = await start();
    expect(await trainTiny(second, { folder, settings: {} })).toEqual([]);
    await second.close();
    const steps = await stepsOf(folder);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const scalars = await scalarsOf(folder);
    const curve = (wanted: string) =>
      scalars.filter(([name]) => name === wanted).map(([, ...point]) => point);
    // Event files hold numbers of 32 bits.
    expect(curve("loss")).toEqual(steps.map(({ step, loss }) => [step, Math.fround(loss.total)]));
    expect(curve("margin")).toEqual(steps.map(({ step, margin }) => [step, Math.fround(margin)]));
    expect(new Set(scalars.map(([name]) => name))).toEqual(
      new Set([
        ...["loss", "vft", "alignment", "learningRate", "gradientNorm", "tokensPerSecond", "margin"],
        ...["meanPositive", "meanNegative", "assessmentAccuracy"],
      ]),
    );
    expect((await readdir(join(folder, "run", "tensorboard", "aft-seed1"))).length).toBe(3);
  });
});

test("trackers that raise, hang or are not installed cost a line each, and no number of the training", async () => {
  const plain = await newFolder();
  const worker = await start({ PYTHONPATH: join(testsOfPython, "broken_trackers") });
  await trainTiny(worker, { folder: plain, settings: { tensorboard: false } });
  const folder = await newFolder();
  const trackers = { wandb: { project: "p" }, mlflow: {}, trackio: { project: "p" } };
  const settings = { tensorboard: false, ...trackers };
  const notes = await trainTiny(worker, { folder, settings, waitSeconds: 0.5 });
  await worker.close();
  expect(notes.sort()).toEqual([
    `tracking by mlflow is off: mlflow is not installed: ${python} -m pip install mlflow`,
    expect.stringMatching(
      /^tracking by trackio is off: x\/aft\/seed1: it did not end within 0.5 s \(\d+ points were/,
    ),
    "tracking by wandb is off: x/aft/seed1: ConnectionError: no network",
  ]);
  const untimed = (steps: object[]) => steps.map((step) => ({ ...step, seconds: 0, tokensPerSecond: 0 }));
  expect(untimed(await stepsOf(folder))).toEqual(untimed(await stepsOf(plain)));
});
