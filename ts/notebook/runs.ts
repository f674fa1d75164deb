import { join } from "node:path";
import {
  type MethodSummary,
  type Prediction,
  type RunData,
  type RunSummary,
  renderTable,
  summarise,
  type TrainingStep,
  vftStage,
} from "../analysis/index.ts";
import { inputError, nearestName } from "../core/errors.ts";
import type { Group, Question } from "../core/records.ts";
import type { SplitName } from "../data/index.ts";
import { loadRunData, type RunRecord, readSplit, readSummary, weightsIn } from "../experiment/index.ts";
import { runDirectory } from "./folders.ts";

/** A finished run: its numbers, and the rows that they were made from. Wherever a seed is left out, it is the first. */
export interface Run {
  /** The experiment's name. */
  readonly name: string;
  /** The run's folder, absolute. */
  readonly directory: string;
  /** Every number of the report, as in report.json. */
  readonly summary: RunSummary;
  /** Everything that the report was made from. */
  readonly data: RunData;
  /** The report's tables as plain text, as `aft run` prints them. */
  readonly table: string;
  /** The methods that were compared, in the order of the table. */
  readonly methods: readonly MethodSummary[];
  /** The seeds it was run with. */
  readonly seeds: readonly number[];
  /** One method's numbers. An unknown name is an input error that gives the nearest one. */
  method(name: string): MethodSummary;
  /** What a method answers the test questions by greedy decoding. */
  predictions(method: string, seed?: number): Prediction[];
  /** A method's own samples on the test questions, judged. */
  samples(method: string, seed?: number): Group[];
  /** The VFT model's samples on the test questions, scored by a method: the same solutions for all methods. */
  heldOut(method: string, seed?: number): Group[];
  /** The judged samples that the methods learned from. */
  trainGroups(seed?: number): Group[];
  /** Every step of a method's training, or of the base stage, which is named `VFT`; none for a method that does not train. */
  training(method: string, seed?: number): readonly TrainingStep[];
  /** The folder of a method's weights in Hugging Face format, or of the VFT model's, which is named `VFT`. */
  checkpoint(method: string, seed?: number): string;
  /** The questions of a split (train, validation or test), each with its prompt, of all tasks together. */
  questions(split: SplitName): Promise<Question[]>;
}

/** Where to look for what is named. */
export interface RunsOptions {
  /** The folder that holds the runs. By default `AFT_RUNS`, else the nearest folder `runs` here or above. */
  runs?: string;
}

/**
 * Reads a finished run, by its name or its folder.
 * @throws AftError when there is no such run, or its files are missing or damaged
 * @example
 * const run = await loadRun("quickstart");
 * console.log(run.table);
 */
export async function loadRun(run: string, options: RunsOptions = {}): Promise<Run> {
  const directory = await runDirectory(run, options.runs);
  const { record, run: data } = await loadRunData(directory);
  // Working it out again takes some seconds.
  const summary = (await readSummary(directory)) ?? summarise(data);
  return openRun(directory, record, data, summary);
}

function openRun(directory: string, record: RunRecord, data: RunData, summary: RunSummary): Run {
  const seeds = record.seeds.map(({ seed }) => seed);
  const names = record.methods.map(({ name }) => name);
  const withSeed = <Seeded extends { seed: number }>(rows: readonly Seeded[], seed = seeds[0]): Seeded => {
    const row = rows.find((candidate) => candidate.seed === seed);
    if (row !== undefined) return row;
    throw inputError({
      what: "this run has no such seed",
      where: data.name,
      found: seed,
      expected: `one of ${seeds.join(", ")}`,
    });
  };
  const known = (name: string, choices: readonly string[] = names): string => {
    if (choices.includes(name)) return name;
    throw inputError({
      what: "this run has no such method",
      where: data.name,
      found: name,
      expected: `one of ${choices.join(", ")}`,
      nearest: nearestName(name, choices),
    });
  };
  const arm = (name: string, seed?: number) =>
    withSeed(
      data.arms.filter(({ method }) => method === known(name)),
      seed,
    );
  return {
    name: data.name,
    directory,
    summary,
    data,
    table: renderTable(summary),
    methods: summary.methods,
    seeds,
    method: (name) => summary.methods.find((method) => method.name === known(name))!,
    predictions: (method, seed) => arm(method, seed).predictions,
    samples: (method, seed) => arm(method, seed).samples,
    heldOut: (method, seed) => arm(method, seed).heldOut,
    trainGroups: (seed) => withSeed(data.trainGroups, seed).groups,
    training(name, seed) {
      known(name, [vftStage, ...names]);
      const wanted = withSeed(record.seeds, seed).seed;
      return data.training.find((arm) => arm.method === name && arm.seed === wanted)?.steps ?? [];
    },
    checkpoint(name, seed) {
      known(name, [vftStage, ...names]);
      const { vft, arms } = withSeed(record.seeds, seed);
      const artefact = name === vftStage ? vft : arms.find(({ method }) => method === name)!.checkpoint;
      return weightsIn({ directory: join(directory, artefact) });
    },
    async questions(split) {
      const artefacts = new Set(record.tasks.map(({ questions }) => questions));
      const byArtefact = await Promise.all(
        [...artefacts].map((artefact) => readSplit({ directory: join(directory, artefact) }, split)),
      );
      return byArtefact.flat();
    },
  };
}
