/** An invented sweep over k and the temperature: no number in it was measured. */
import { type RunData, type RunSummary, summarise } from "../../../ts/analysis/index.ts";
import { bestOf, cellMethod, type SweepResults } from "../../../ts/analysis/sweep/results.ts";
import { methods, syntheticRun } from "./synthetic.ts";

export interface InventedSweep {
  results: SweepResults;
  summaries: Map<string, RunSummary>;
  runs: Map<string, RunData>;
}

/** AFT-BC gets better with k, and worse with the temperature; the baselines stay. */
export function inventedSweep({
  settings = [3, 6, 9].flatMap((k) =>
    [0.7, 1, 1.3].map((temperature) => ({ "stages.sample.k": k, "stages.sample.temperature": temperature })),
  ) as Record<string, unknown>[],
  questions = 60,
  metric = "accuracy" as const,
  method = "bc" as string | undefined,
} = {}): InventedSweep {
  const runs = new Map<string, RunData>();
  const summaries = new Map<string, RunSummary>();
  const keys = [...new Set(settings.flatMap((values) => Object.keys(values)))];
  const cells = settings.map((values): SweepResults["cells"][number] => {
    const cell = Object.entries(values)
      .map(([key, value]) => `${key.split(".").at(-1)}=${value}`)
      .join(",");
    const gain =
      0.01 * Number(values["stages.sample.k"] ?? 6) -
      0.1 * Math.abs(Number(values["stages.sample.temperature"] ?? 1) - 1);
    const run = {
      ...syntheticRun({
        questions,
        trainingSteps: 4,
        methods: methods
          .filter(({ name }) => ["continued", "dc", "bc"].includes(name))
          .map((method) =>
            method.name === "bc"
              ? {
                  ...method,
                  shape: {
                    ...method.shape,
                    greedy: method.shape.greedy + gain,
                    negative: method.shape.negative - gain / 2,
                  },
                }
              : method,
          ),
      }),
      name: `grid/${cell}`,
    };
    runs.set(cell, run);
    const summary = summarise(run, 200);
    summaries.set(cell, summary);
    return {
      cell,
      settings: values,
      status: "done",
      run: cell,
      seeds: [1],
      split: "validation",
      methods: summary.methods.map(cellMethod),
    };
  });
  const results: SweepResults = {
    schemaVersion: 1,
    name: "grid",
    description: "Do more samples a question, or hotter ones, help?",
    writtenAt: "2026-03-01T12:00:00.000Z",
    keys,
    about: { "stages.sample.k": "samples a question" },
    best: bestOf(cells, { metric, method }),
    compared: true,
    cells,
  };
  return { results, summaries, runs };
}
