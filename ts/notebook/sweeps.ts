import { join } from "node:path";
import type { Interval, MetricName } from "../analysis/index.ts";
import { inputError, nearestName } from "../core/errors.ts";
import { readSweepResults } from "../experiment/index.ts";
import { sweepDirectory } from "./folders.ts";
import { loadRun, type Run, type RunsOptions } from "./runs.ts";
import type { Cell } from "./show.ts";

/** A number of a method in a cell. */
export interface SweepMetric {
  /** Mean over the seeds; shares in [0, 1]; null where there is nothing to measure. */
  value: number | null;
  /** 95 %. */
  interval: Interval | null;
  /** Questions, samples or pairs of the first seed. */
  n: number;
}

/** A method in a cell. */
export interface SweepMethod {
  /** In the experiment. */
  name: string;
  /** In tables and charts. */
  label: string;
  /** What it is measured by. */
  metrics: Readonly<Partial<Record<MetricName, SweepMetric>>>;
  /** The same minus the cell's own continued VFT, paired over questions; none without one, and of itself. */
  againstContinued?: Readonly<Partial<Record<MetricName, Omit<SweepMetric, "n">>>> | undefined;
}

/** A cell: one of the experiments that a sweep is made of. */
export interface SweepCell {
  /** Its name, which is also its folder's: `k=2,beta=0.1`. */
  name: string;
  /** What it sets, by dotted key: `{"stages.sample.k": 2}`. */
  settings: Readonly<Record<string, unknown>>;
  /** Only a cell that is done has methods and a run. */
  status: "done" | "failed" | "waiting";
  /** Why it failed. */
  error?: string | undefined;
  /** The seeds it was run with. */
  seeds: readonly number[];
  /** What the metrics are measured on. */
  split: string;
  /** In the order of the table. */
  methods: readonly SweepMethod[];
}

/** A method in a cell, by one metric: a row for {@link table} and {@link plot}. */
export interface SweepRow {
  /** The cell's name. */
  cell: string;
  /** The method's label. */
  method: string;
  /** The metric. */
  value: number | null;
  /** Lower end of its 95 % interval. */
  low: number | null;
  /** Upper end. */
  high: number | null;
  /** What the cell sets, by dotted key; lists and maps as JSON text. */
  [setting: string]: Cell;
}

/** The best cell, as the sweep's `best` says to choose it. It owes something to being the best of many. */
export interface SweepBest {
  /** The metric that is highest in it. */
  metric: MetricName;
  /** Its name. */
  cell: string;
  /** The name of the method that has it. */
  method: string;
  /** The metric's value. */
  value: number;
  /** 95 %. */
  interval: Interval | null;
  /** How many values it is the highest of. */
  among: number;
}

/** A sweep: what its cells came to, and the run of each. */
export interface Sweep {
  /** Its name. */
  readonly name: string;
  /** Its folder, absolute. */
  readonly directory: string;
  /** What it asks. */
  readonly description: string;
  /** The keys that vary, dotted, in order. */
  readonly keys: readonly string[];
  /** Null until a cell is done. */
  readonly best: SweepBest | null;
  /** All cells, those that are not done too. */
  readonly cells: readonly SweepCell[];
  /** One cell. An unknown name is an input error that gives the nearest one. */
  cell(name: string): SweepCell;
  /** Every method of every cell that is done, by one metric; accuracy by default. */
  rows(metric?: MetricName): SweepRow[];
  /** A cell's own run, with its predictions, samples and weights. */
  run(cell: string): Promise<Run>;
}

/**
 * Reads a sweep, by its name or its folder.
 * @throws AftError when there is no such sweep
 * @example
 * const sweep = await loadSweep("my-sweep");
 * table(sweep.rows("assessmentMicro"));
 * const run = await sweep.run("k=4");
 */
export async function loadSweep(sweep: string, options: RunsOptions = {}): Promise<Sweep> {
  const directory = await sweepDirectory(sweep, options.runs);
  const { name, description, keys, best, cells: results } = await readSweepResults(directory);
  const folders = new Map(results.map(({ cell, run }) => [cell, join(directory, run)]));
  const cells = results.map(({ cell, run: _run, ...rest }): SweepCell => ({ ...rest, name: cell }));
  const find = (wanted: string): SweepCell => {
    const cell = cells.find((candidate) => candidate.name === wanted);
    if (cell !== undefined) return cell;
    const names = cells.map((candidate) => candidate.name);
    throw inputError({
      what: "this sweep has no such cell",
      where: name,
      found: wanted,
      expected: `one of ${names.join("; ")}`,
      nearest: nearestName(wanted, names),
    });
  };
  return {
    name,
    directory,
    description,
    keys,
    best,
    cells,
    cell: find,
    rows: (metric = "accuracy") =>
      cells.flatMap(({ name: cell, settings, methods }) =>
        methods.map(({ label, metrics }): SweepRow => {
          const { value = null, interval = null } = metrics[metric] ?? {};
          return {
            cell,
            ...Object.fromEntries(Object.entries(settings).map(([key, set]) => [key, shownSetting(set)])),
            method: label,
            value,
            low: interval?.low ?? null,
            high: interval?.high ?? null,
          };
        }),
      ),
    async run(wanted) {
      const { status, error } = find(wanted);
      if (status === "done") return loadRun(folders.get(wanted)!);
      throw inputError({
        what: "this cell has no run yet",
        where: `${name}, ${wanted}`,
        found: error === undefined ? status : `${status}: ${error}`,
        fix: "run the sweep's file again: only what is missing is made",
      });
    },
  };
}

const shownSetting = (value: unknown): Cell =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : (value as Cell);
