import { z } from "zod";
import type { Cost, CostRow } from "../../generated/report.ts";
import { count } from "../../measure/schema.ts";
import type { RunData, StageRun } from "../../run/run-data.ts";
import { numbers } from "../feature.ts";

export const rowSchema = z.object({
  name: z.string().meta({ description: "of the stage or the method; total: of all" }),
  runs: count.meta({ description: "how many artefacts" }),
  seconds: count.meta({ description: "of work, whenever it was done" }),
  secondsHere: count.meta({ description: "of it in this run; the rest was reused" }),
  tokens: count
    .nullable()
    .meta({ description: "trained on, sampled or scored; null: none of it counts them" }),
  tokensPerSecond: count
    .nullable()
    .meta({ description: "of the artefacts that count tokens, loading and judging included" }),
  peakResidentBytes: count.nullable().meta({ description: "the worker's highest main memory" }),
  peakAcceleratorBytes: count.nullable().meta({ description: "likewise, of all accelerators" }),
});

/** What the run took. A stage that several methods share (VFT, samples) is not in any method's row. */
export const costSchema = z.object({
  byStage: z.array(rowSchema).meta({ description: "in the order in which the stages run" }),
  byMethod: z.array(rowSchema).meta({ description: "a method's own stages: training and evaluation" }),
  total: rowSchema.meta({ description: "all stages together" }),
});

export const cost = numbers({
  schema: {
    cost: costSchema.optional().meta({ description: "what the run took, by stage and by method" }),
  },
  compute: ({ run }) => ({ cost: costOf(run) }),
});

export function costOf({ stages, methods }: RunData): Cost {
  const names = [...new Set(stages.map(({ stage }) => stage))];
  return {
    byStage: names.map((name) =>
      rowOf(
        name,
        stages.filter(({ stage }) => stage === name),
      ),
    ),
    byMethod: methods
      .map(({ name }) =>
        rowOf(
          name,
          stages.filter(({ method }) => method === name),
        ),
      )
      .filter(({ runs }) => runs > 0),
    total: rowOf("total", stages),
  };
}

function rowOf(name: string, stages: readonly StageRun[]): CostRow {
  const counted = stages.filter(({ tokens }) => tokens !== undefined);
  const tokens = sum(counted.map((stage) => stage.tokens!));
  const seconds = sum(counted.map((stage) => stage.seconds));
  const highest = (field: "peakResidentBytes" | "peakAcceleratorBytes"): number | null => {
    const known = stages.flatMap((stage) => stage[field] ?? []);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    name,
    runs: stages.length,
    seconds: sum(stages.map((stage) => stage.seconds)),
    secondsHere: sum(stages.filter(({ reused }) => !reused).map((stage) => stage.seconds)),
    tokens: counted.length === 0 ? null : tokens,
    tokensPerSecond: seconds === 0 ? null : tokens / seconds,
    peakResidentBytes: highest("peakResidentBytes"),
    peakAcceleratorBytes: highest("peakAcceleratorBytes"),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
