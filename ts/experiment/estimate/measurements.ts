/** What an estimate goes by, asked of the worker and read from the questions once, however many experiments share it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isWorkerFailure, type Result, type Worker } from "../../bridge/index.ts";
import type { Experiment, Model } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson, digestOfFile } from "../../core/digest.ts";
import { failure, inputError } from "../../core/errors.ts";
import { makeFolder } from "../../core/files.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { Question } from "../../core/records.ts";
import { convertGguf, convertOn } from "../models/index.ts";
import { artefactsIn } from "../run/runner.ts";
import type { Lengths } from "../stages/cost.ts";
import { stages } from "../stages/index.ts";
import { keyOfNode, type PlanNode, recipeOf } from "../stages/node.ts";
import { folderOfModel } from "../stages/weights.ts";
import { weightsIn } from "../store/files.ts";
import { LazyWorker } from "../worker/lazy-worker.ts";
import { adapterRequest } from "../worker/loaded-model.ts";
import type { Example } from "./examples.ts";
import {
  type Count,
  countWith,
  examplesOf,
  lengthsOf,
  questionsOf,
  type Splits,
  trainTokenizer,
} from "./lengths.ts";
import type { Setup } from "./memory.ts";
import { type Rehearsed, rehearse } from "./rehearsal.ts";
import { type ModelShape, shapeOfCreated } from "./shape.ts";
import type { Work } from "./stage.ts";

export interface EstimateOptions {
  runsDirectory: string;
  progress: ProgressSink;
  signal: AbortSignal;
  /** A worker that is there for more than the estimate; left out: one of its own, closed at the end. */
  worker?: LazyWorker | undefined;
  /** That each kind of work is tried for; left out: as long as it takes to be sure within a tenth or so. */
  seconds?: number;
  /** In ms; left out: the time that passes. */
  now?: () => number;
}

const enoughSeconds = 0.4;

/** Where a model's config.json and tokenizer lie. */
interface Source {
  source: string;
  revision?: string;
}

export interface Described {
  name: string;
  shape: ModelShape;
  count: Count;
  lengthsOf(questions: PlanNode): Promise<Splits<Lengths>>;
  examplesOf(questions: PlanNode): Promise<Example[]>;
  /** For a model that is yet to be made one is written, of random weights. */
  source(): Promise<Source>;
}

type Found = Pick<Described, "name" | "shape" | "count" | "source">;

export interface Measured {
  speed: Result<"device/speed">;
  device: Result<"device/info">["devices"][number];
  /** The names of all. */
  devices: string[];
}

/** Starts workers at first need; `close` ends them and deletes what they wrote. */
export class Measurements {
  private readonly options: EstimateOptions;
  private readonly known = new Map<string, Promise<unknown>>();
  private readonly ends: (() => Promise<void>)[] = [];

  constructor(options: EstimateOptions) {
    this.options = options;
  }

  /** Of a node of the stage `questions`. */
  questions(node: PlanNode, experiment: Experiment): Promise<Splits<Question[]>> {
    return this.once(["questions", keyOfNode(node)], () => {
      const { runsDirectory, progress, signal } = this.options;
      const context = { experiment, progress, signal, worker: () => Promise.reject(noWorker()) };
      return questionsOf(node, artefactsIn(runsDirectory), context);
    });
  }

  /** A model that is there tells its sizes; one yet to be made is worked out. Each counts by its own tokenizer. */
  async model(experiment: Experiment, nodes: readonly PlanNode[]): Promise<Described> {
    const { create, path, hub, get, gguf, revision } = experiment.model;
    // The first seed's stands for all: their tokenizers are equal.
    const trainedOn = nodes.find(({ stage }) => stage === "create")?.inputs ?? {};
    const keys = Object.values(trainedOn).map(keyOfNode);
    const name = { create, path, hub, get, gguf, revision, keys };
    const made = await this.once(["model", name], () =>
      create === undefined
        ? this.existing(experiment)
        : this.created(experiment, create, Object.values(trainedOn)),
    );
    return {
      ...made,
      lengthsOf: (node) =>
        this.once(["lengths", name, keyOfNode(node)], async () =>
          lengthsOf(await this.questions(node, experiment), made.count),
        ),
      examplesOf: (node) =>
        this.once(["examples", name, keyOfNode(node)], async () =>
          examplesOf((await this.questions(node, experiment)).train, made),
        ),
    };
  }

  /** How fast the experiment's own work goes with this model. */
  pace(
    experiment: Experiment,
    model: Described,
    tried: { setup: Setup; speed: Measured["speed"]; works: readonly Work[]; examples: readonly Example[] },
  ): Promise<Rehearsed> {
    const { dtype, attention, adapter, gradientCheckpointing } = experiment.model;
    const { device, threads, python, launch, maxTokensPerBatch, samplesAtOnce } = experiment.worker;
    const bounds = { maxTokensPerBatch, ...defined({ samplesAtOnce }) };
    const settings = { dtype, attention, device, gradientCheckpointing, ...defined({ adapter }) };
    const { name, shape } = model;
    return this.once(["pace", { name, shape, ...settings, threads, python, launch, ...bounds }], async () => {
      const worker = await this.worker(experiment);
      const load = async (sketchLayers: number) =>
        worker.request("model/load", {
          ...(await model.source()),
          ...{ dtype, attention, device, sketchLayers },
          ...(adapter === undefined ? {} : { adapter: adapterRequest(adapter) }),
          ...(gradientCheckpointing ? { gradientCheckpointing } : {}),
        });
      const { signal, seconds = enoughSeconds, now } = this.options;
      return rehearse({ ...tried, worker, load, signal, seconds, ...defined({ now }) });
    });
  }

  /** How fast an experiment's device is at its model's type. */
  async speed(experiment: Experiment): Promise<Measured> {
    const { dtype } = experiment.model;
    const { device, threads, python, launch } = experiment.worker;
    return this.once(["speed", { dtype, device, threads, python, launch }], async () => {
      const worker = await this.worker(experiment);
      const { devices } = await worker.request("device/info", {});
      const speed = await worker.request("device/speed", { device, dtype });
      return {
        speed,
        device: devices.find(({ name }) => name === speed.device)!,
        devices: devices.map(({ name }) => name),
      };
    });
  }

  async close(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  private async existing(experiment: Experiment): Promise<Found> {
    const { hub, gguf, revision, adapter } = experiment.model;
    const source = hub ?? folderOfModel(experiment.model) ?? (await this.converted(experiment, gguf!));
    const named = { source, ...defined({ revision }) };
    const worker = await this.worker(experiment);
    const asked = { ...named, ...(adapter === undefined ? {} : { adapter: adapterRequest(adapter) }) };
    const shape = await worker.request("model/inspect", asked).catch((error: unknown) => {
      const ofAdapter =
        isWorkerFailure(error, "ModelNotLoaded") && error.data.pointer?.startsWith("/adapter");
      // No stage that trains could come further: what the file asks for is not there.
      throw ofAdapter ? inputError(error.problems, { cause: error }) : error;
    });
    return { name: gguf ?? source, shape, count: countWith(worker, named), source: async () => named };
  }

  /** The folder that a run has made or will make of a GGUF file: in the second case it is made for the estimate alone. */
  private async converted(experiment: Experiment, file: string): Promise<string> {
    const { runsDirectory, progress, signal } = this.options;
    const recipe = recipeOf(stages.convert.node({ file, digest: await digestOfFile(file) }));
    const made = await artefactsIn(runsDirectory).find(recipe);
    if (made !== undefined) return weightsIn(made);
    const folder = await mkdtemp(join(await this.scratch(experiment), "aft-estimate-"));
    this.ends.push(() => rm(folder, { recursive: true, force: true }));
    const directory = join(folder, "model");
    if (experiment.worker.launch === undefined)
      await convertGguf({ file, directory }, { python: experiment.worker.python, progress, signal });
    else await convertOn(await this.worker(experiment), { file, directory }, signal);
    return directory;
  }

  private async created(
    experiment: Experiment,
    create: NonNullable<Model["create"]>,
    trainedOn: readonly PlanNode[],
  ): Promise<Found> {
    const splits = await Promise.all(trainedOn.map((node) => this.questions(node, experiment)));
    const worker = await this.worker(experiment);
    const tokenizer = await trainTokenizer(
      { worker, scratch: await this.scratch(experiment) },
      create,
      splits.flatMap(({ train }) => train),
    );
    this.ends.push(tokenizer.remove);
    const { attention } = experiment.model;
    const { tokenizer: _, ...sizes } = create;
    return {
      name: "a model made from scratch",
      shape: shapeOfCreated(create, tokenizer.vocabularySize),
      count: tokenizer.count,
      source: () =>
        this.once(["written", tokenizer.directory, { attention }], async () => {
          const settings = { ...sizes, seed: 1, dtype: "auto", device: "cpu", attention } as const;
          const made = await worker.request("model/create", { ...settings, tokenizer: tokenizer.directory });
          const source = join(tokenizer.folder, "model");
          await worker.request("model/save", { model: made.model, directory: source });
          await worker.request("model/unload", { model: made.model });
          return { source };
        }),
    };
  }

  private worker(experiment: Experiment): Promise<Worker> {
    if (this.options.worker !== undefined) return this.options.worker.get();
    const { python, threads, launch } = experiment.worker;
    return this.once(["worker", { python, threads, launch }], async () => {
      const { progress, signal, runsDirectory } = this.options;
      const settings = { transport: "stdio" as const, python, threads, launch };
      const worker = new LazyWorker(settings, progress, signal, runsDirectory);
      this.ends.push(() => worker.close());
      return worker.get();
    });
  }

  /** Where what the worker reads or writes for the estimate alone lies: one on another machine sees the runs folder. */
  private async scratch({ worker }: Experiment): Promise<string> {
    if (worker.launch === undefined) return tmpdir();
    await makeFolder(resolve(this.options.runsDirectory));
    return resolve(this.options.runsDirectory);
  }

  private once<T>(what: readonly unknown[], find: () => Promise<T>): Promise<T> {
    const key = canonicalJson(what);
    const known = this.known.get(key) ?? find();
    this.known.set(key, known);
    return known as Promise<T>;
  }
}

const noWorker = () => failure({ what: "questions are read without a model" });
