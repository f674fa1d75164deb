/** What an estimate goes by, asked of the worker and read from the questions once, however many experiments share it. */
import { ensurePython, type Result, startWorker, type Worker } from "../../bridge/index.ts";
import type { Experiment, Model } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson } from "../../core/digest.ts";
import { failure } from "../../core/errors.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { Question } from "../../core/records.ts";
import { artefactsIn } from "../run/runner.ts";
import type { Lengths } from "../stages/cost.ts";
import { keyOfNode, type PlanNode } from "../stages/node.ts";
import { type Count, countWith, lengthsOf, questionsOf, type Splits, trainTokenizer } from "./lengths.ts";
import { type ModelShape, shapeOfCreated } from "./shape.ts";

export interface EstimateOptions {
  runsDirectory: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

export interface Described {
  name: string;
  shape: ModelShape;
  count: Count;
  lengthsOf(questions: PlanNode): Promise<Splits<Lengths>>;
}

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
    const { create, path, hub, revision } = experiment.model;
    // The first seed's stands for all: their tokenizers are equal.
    const trainedOn = nodes.find(({ stage }) => stage === "create")?.inputs ?? {};
    const keys = Object.values(trainedOn).map(keyOfNode);
    const name = { create, path, hub, revision, keys };
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
    };
  }

  /** How fast an experiment's device is at its model's type. */
  async speed(experiment: Experiment): Promise<Measured> {
    const { dtype } = experiment.model;
    const { device, threads, python } = experiment.worker;
    return this.once(["speed", { dtype, device, threads, python }], async () => {
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

  private async existing(experiment: Experiment): Promise<Omit<Described, "lengthsOf">> {
    const { hub, path, revision } = experiment.model;
    const source = hub ?? path!;
    const named = { source, ...defined({ revision }) };
    const worker = await this.worker(experiment);
    const shape = await worker.request("model/inspect", named);
    return { name: source, shape, count: countWith(worker, named) };
  }

  private async created(
    experiment: Experiment,
    create: NonNullable<Model["create"]>,
    trainedOn: readonly PlanNode[],
  ): Promise<Omit<Described, "lengthsOf">> {
    const splits = await Promise.all(trainedOn.map((node) => this.questions(node, experiment)));
    const worker = await this.worker(experiment);
    const tokenizer = await trainTokenizer(
      worker,
      create,
      splits.flatMap(({ train }) => train),
    );
    this.ends.push(tokenizer.remove);
    const shape = shapeOfCreated(create, tokenizer.vocabularySize);
    return { name: "a model made from scratch", shape, count: tokenizer.count };
  }

  private worker({ worker: { python, threads } }: Experiment): Promise<Worker> {
    return this.once(["worker", { python, threads }], async () => {
      const { progress, signal } = this.options;
      const interpreter = await ensurePython({ python, progress, signal });
      const worker = await startWorker({
        transport: "stdio",
        python: interpreter,
        ...defined({ threads }),
      });
      this.ends.push(() => worker.close());
      return worker;
    });
  }

  private once<T>(what: readonly unknown[], find: () => Promise<T>): Promise<T> {
    const key = canonicalJson(what);
    const known = this.known.get(key) ?? find();
    this.known.set(key, known);
    return known as Promise<T>;
  }
}

const noWorker = () => failure({ what: "questions are read without a model" });
