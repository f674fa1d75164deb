/** Runs as they go on, by the files that they write: they know nothing of who looks on. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunSummary, TrainingStep } from "../../analysis/index.ts";
import { holderInWords } from "../../core/lock.ts";
import { runFiles } from "../run/files.ts";
import { type KeptProgress, progressFile } from "../run/kept-progress.ts";
import { readSummary } from "../run/read-summary.ts";
import type { RunRecord } from "../run/run-record.ts";
import type { StepRecord } from "../step-record.ts";
import { manifestFile } from "../store/manifest.ts";
import { metricsFile } from "../train/files.ts";
import { type RunFolder, readRunFolder, runNames } from "./folders.ts";
import { GrowingSteps, Remembered } from "./remembered.ts";
import { latest, type ShownRun, stateOf } from "./show.ts";

export interface WatchedRun extends Omit<ShownRun, "bytes"> {
  directory: string;
  /** Of the run that ended last. */
  record?: RunRecord | undefined;
  summary?: RunSummary | undefined;
  /** Whether its report can be read. */
  hasReport: boolean;
  /** While it runs, once it has told. */
  progress?: KeptProgress | undefined;
}

export interface WatchedStage {
  label: string;
  state: "done" | "under way" | "broken off" | "waiting";
  /** Of work, of one that is done. */
  seconds?: number;
}

/** The steps that a training has made so far. */
export interface WatchedTraining {
  stage: string;
  method?: string | undefined;
  seed?: number | undefined;
  /** `align aft-bc seed 1` */
  label: string;
  steps: readonly TrainingStep[];
}

const trustMs = 30_000;

export class RunsWatch {
  readonly directory: string;
  private readonly folders = new Remembered<RunFolder>();
  private readonly summaries = new Remembered<RunSummary | undefined>();
  private readonly manifests = new Remembered<{ seconds: number } | undefined>();
  private readonly finished = new Map<string, { seconds: number; at: number }>();
  private readonly trainings = new Map<string, GrowingSteps>();

  constructor(runsDirectory: string) {
    this.directory = resolve(runsDirectory);
  }

  /** The names of all runs, also of those that were only begun; of a sweep's cells `SWEEP/CELL`. */
  names(): Promise<string[]> {
    return runNames(this.directory, { begun: true });
  }

  async run(name: string): Promise<WatchedRun> {
    const folder = await this.folderOf(name);
    const { directory } = folder;
    const isDone = async (artefact: string): Promise<boolean> =>
      (await this.manifestIn(artefact)) !== undefined;
    const state = await stateOf(folder, isDone);
    const isRunning = state.state === "running";
    return {
      ...state,
      directory,
      record: folder.record,
      summary: await this.summaries.get(name, [join(directory, runFiles.summary)], () =>
        readSummary(directory),
      ),
      hasReport: existsSync(join(directory, runFiles.page)),
      progress: isRunning ? await progressOf(folder) : undefined,
    };
  }

  /** Whether it has come to its end at least once, and has a record that can be compared. */
  async hasEnded(name: string): Promise<boolean> {
    return (await this.folderOf(name)).record !== undefined;
  }

  /** Its stages in order, and the steps of those that train. */
  async stages(name: string): Promise<{ stages: WatchedStage[]; trainings: WatchedTraining[] }> {
    const folder = await this.folderOf(name);
    const all = latest(folder);
    const stages = all.map(async ({ label, artefact }): Promise<WatchedStage> => {
      const directory = resolve(folder.directory, artefact);
      const manifest = await this.manifestIn(directory);
      if (manifest !== undefined) return { label, state: "done", seconds: manifest.seconds };
      if ((await holderInWords(`${directory}.lock`)) !== undefined) return { label, state: "under way" };
      return { label, state: existsSync(directory) ? "broken off" : "waiting" };
    });
    const trainings = all.map(async ({ stage, label, artefact, method, seed }) => {
      const directory = resolve(folder.directory, artefact);
      const isWhole = (await this.manifestIn(directory)) !== undefined;
      const path = metricsFile.pathIn({ directory });
      return { stage, label, method, seed, steps: await this.stepsIn(path, isWhole) };
    });
    return {
      stages: await Promise.all(stages),
      trainings: (await Promise.all(trainings)).filter(({ steps }) => steps.length > 0),
    };
  }

  private folderOf(name: string): Promise<RunFolder> {
    const directory = join(this.directory, name);
    const files = [runFiles.record, runFiles.started].map((file) => join(directory, file));
    return this.folders.get(name, files, () => readRunFolder(directory, name));
  }

  /** A finished artefact is looked at again after a while only: of hundreds of runs that is most of the work. */
  private async manifestIn(directory: string): Promise<{ seconds: number } | undefined> {
    const known = this.finished.get(directory);
    if (known !== undefined && performance.now() - known.at < trustMs) return known;
    const manifest = await this.manifests.get(directory, [manifestFile.pathIn({ directory })], () =>
      manifestFile.find({ directory }),
    );
    if (manifest === undefined) this.finished.delete(directory);
    else this.finished.set(directory, { seconds: manifest.seconds, at: performance.now() });
    return manifest;
  }

  private stepsIn(path: string, isWhole: boolean): Promise<readonly StepRecord[]> {
    const known = this.trainings.get(path) ?? new GrowingSteps(path);
    this.trainings.set(path, known);
    return known.read(isWhole);
  }
}

/** Nothing where the file is that of a process that was killed before this one began. */
async function progressOf({ directory, started }: RunFolder): Promise<KeptProgress | undefined> {
  const kept = await progressFile.find({ directory });
  return kept !== undefined && kept.at >= (started?.startedAt ?? "") ? kept : undefined;
}
