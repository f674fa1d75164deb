/** `sweep.json` in a sweep's folder: its cells, what each came to, and the best of them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { RunSummary } from "../../analysis/index.ts";
import { type BestBy, bestMetrics, type LoadedSweep } from "../../config/index.ts";
import { inputError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import type { PlannedCell } from "./cells.ts";

const interval = z.object({ low: z.number(), high: z.number() }).nullable();
const metric = z.object({
  value: z.number().nullable().meta({ description: "mean over the seeds; shares in [0, 1]" }),
  interval: interval.meta({ description: "95 %" }),
  n: z.number().meta({ description: "questions, samples or pairs of the first seed" }),
});

const methodSchema = z.object({
  name: z.string(),
  label: z.string(),
  role: z.string(),
  metrics: z.record(z.string(), metric),
  /** Paired, on the same questions, of the cell's own continued VFT. */
  againstContinued: z.record(z.string(), z.object({ value: z.number().nullable(), interval })).optional(),
});

export const cellStatuses = ["done", "failed", "waiting"] as const;
export type CellStatus = (typeof cellStatuses)[number];

const cellSchema = z.object({
  cell: z.string(),
  settings: z.record(z.string(), z.unknown()).meta({ description: "by dotted key" }),
  status: z.enum(cellStatuses),
  run: z.string().meta({ description: "the cell's folder, relative to the sweep's" }),
  error: z.string().optional(),
  seeds: z.array(z.number()),
  split: z.string().meta({ description: "what the metrics are measured on" }),
  methods: z.array(methodSchema).meta({ description: "empty until the cell is done" }),
});
export type CellResult = z.infer<typeof cellSchema>;

export const sweepResultsSchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  description: z.string(),
  writtenAt: z.string(),
  keys: z.array(z.string()).meta({ description: "what varies, in order" }),
  best: z
    .object({
      metric: z.enum(bestMetrics),
      cell: z.string(),
      method: z.string(),
      label: z.string(),
      value: z.number(),
      interval,
      n: z.number(),
      among: z
        .number()
        .meta({ description: "how many rows it is the highest of: it owes something to that" }),
    })
    .nullable(),
  cells: z.array(cellSchema),
});
export type SweepResults = z.infer<typeof sweepResultsSchema>;

/** What a cell has come to. */
export interface Outcome {
  summary?: RunSummary;
  error?: string;
}

export function sweepResults(
  sweep: LoadedSweep,
  cells: readonly PlannedCell[],
  outcomes: ReadonlyMap<string, Outcome>,
): SweepResults {
  const results = cells.map((cell) => cellResult(cell, outcomes.get(cell.cell) ?? {}));
  return {
    schemaVersion: 1,
    name: sweep.name,
    description: sweep.description,
    writtenAt: new Date().toISOString(),
    keys: sweep.keys,
    best: bestOf(results, sweep.best),
    cells: results,
  };
}

function cellResult({ cell, settings, experiment }: PlannedCell, { summary, error }: Outcome): CellResult {
  return {
    cell,
    settings,
    status: summary !== undefined ? "done" : error !== undefined ? "failed" : "waiting",
    run: cell,
    ...(error === undefined ? {} : { error }),
    seeds: experiment.seeds,
    split: experiment.stages.evaluate.split,
    methods: (summary?.methods ?? []).map(({ name, label, role, metrics, comparisons }) => {
      const continued = comparisons.find((comparison) => comparison.role === "continued");
      return {
        name,
        label,
        role,
        metrics: Object.fromEntries(
          Object.entries(metrics).map(([key, { value, interval, perSeed }]) => [
            key,
            { value, interval, n: perSeed[0]?.n ?? 0 },
          ]),
        ),
        ...(continued === undefined
          ? {}
          : {
              againstContinued: Object.fromEntries(
                Object.entries(continued.differences).map(([key, { value, interval }]) => [
                  key,
                  { value, interval },
                ]),
              ),
            }),
      };
    }),
  };
}

/** The highest value of the metric over all cells, of the chosen method or of any; the first of several. */
export function bestOf(cells: readonly CellResult[], by: BestBy): SweepResults["best"] {
  const rows = cells.flatMap(({ cell, methods }) =>
    methods
      .filter(({ name }) => by.method === undefined || name === by.method)
      .flatMap(({ name, label, metrics }) => {
        const { value = null, interval = null, n = 0 } = metrics[by.metric] ?? {};
        return value === null ? [] : [{ cell, method: name, label, value, interval, n }];
      }),
  );
  if (rows.length === 0) return null;
  const best = rows.reduce((highest, row) => (row.value > highest.value ? row : highest));
  return { metric: by.metric, ...best, among: rows.length };
}

const fileIn = (directory: string): string => join(directory, "sweep.json");

export const writeSweepResults = (directory: string, results: SweepResults): Promise<void> =>
  writeFileAtomic(fileIn(directory), `${JSON.stringify(results, null, 2)}\n`);

export async function readSweepResults(directory: string): Promise<SweepResults> {
  const text = await readFile(fileIn(directory), "utf8").catch((error: unknown) => {
    throw inputError(
      {
        what: "not the folder of a sweep: it has no sweep.json",
        where: directory,
        expected: `a folder that \`aft run\` wrote for a file with \`sweep\``,
      },
      { cause: error },
    );
  });
  return sweepResultsSchema.parse(JSON.parse(text));
}
