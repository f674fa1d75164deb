/** `sweep.json` in a sweep's folder: its cells, what each came to, and the best of them. Shares are in [0, 1]. */
import { z } from "zod";
import { bestMetrics } from "../../config/index.ts";
import type { MethodSummary } from "../generated/report.ts";
import { shownInterval } from "../measure/verdicts.ts";

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
  /** Paired, on the same questions, of the cell's own continued VFT; the interval is for all methods of the cell together. */
  againstContinued: z.record(z.string(), z.object({ value: z.number().nullable(), interval })).optional(),
});
export type CellMethod = z.infer<typeof methodSchema>;

const cellStatuses = ["done", "failed", "waiting"] as const;
export type CellStatus = (typeof cellStatuses)[number];

const againstBestSchema = z.object({
  value: z.number().nullable().meta({ description: "this cell's minus the best cell's" }),
  interval: interval.meta({ description: "95 %, paired bootstrap over questions" }),
  p: z.number().nullable().meta({ description: "two-sided, paired over questions" }),
  pHolm: z.number().nullable().meta({ description: "adjusted for all cells compared with the best" }),
});
export type AgainstBest = z.infer<typeof againstBestSchema>;

const cellSchema = z.object({
  cell: z.string(),
  settings: z.record(z.string(), z.unknown()).meta({ description: "by dotted key" }),
  status: z.enum(cellStatuses),
  run: z.string().meta({ description: "the cell's folder, relative to the sweep's" }),
  error: z.string().optional(),
  seeds: z.array(z.number()),
  split: z.string().meta({ description: "what the metrics are measured on" }),
  methods: z.array(methodSchema).meta({ description: "empty until the cell is done" }),
  againstBest: againstBestSchema.optional().meta({
    description: "by the metric and method of `best`; only of cells that answered the same questions",
  }),
});
export type CellResult = z.infer<typeof cellSchema>;

export const sweepResultsSchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  description: z.string(),
  writtenAt: z.string(),
  keys: z.array(z.string()).meta({ description: "what varies, in order" }),
  about: z
    .record(z.string(), z.string())
    .default({})
    .meta({ description: "what a key means, where the experiment schema says so" }),
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
  compared: z
    .boolean()
    .default(false)
    .meta({ description: "the cells were held against the best: until then none has `againstBest`" }),
  cells: z.array(cellSchema),
});
export type SweepResults = z.infer<typeof sweepResultsSchema>;
export type Best = NonNullable<SweepResults["best"]>;

/** What sweep.json keeps of a method of a cell's report. */
export function cellMethod({ name, label, role, metrics, comparisons }: MethodSummary): CellMethod {
  const continued = comparisons.find((comparison) => comparison.role === "continued");
  return {
    name,
    label,
    role,
    metrics: ofEach(metrics, ({ value, interval, perSeed }) => ({ value, interval, n: perSeed[0]?.n ?? 0 })),
    ...(continued && {
      // With the interval that the cell's report has: what decides there decides here.
      againstContinued: ofEach(continued.differences, (difference) => ({
        value: difference.value,
        interval: shownInterval(difference),
      })),
    }),
  };
}

const ofEach = <Numbers extends object, Kept>(
  numbers: Numbers,
  kept: (number: Numbers[keyof Numbers]) => Kept,
): Record<string, Kept> =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, number]: [string, Numbers[keyof Numbers]]) => [name, kept(number)]),
  );

/** The highest value of the metric over all cells, of the chosen method or of any; the first of several. */
export function bestOf(
  cells: readonly CellResult[],
  by: { metric: Best["metric"]; method?: string | undefined },
): Best | null {
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
