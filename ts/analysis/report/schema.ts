/** report.json: every number of a report with its count and interval. Shares are in [0, 1], never in percent. */
import { z } from "zod";
import type { RunSummary } from "../generated/report.ts";
import { features } from "./features.ts";

export const parts = features.flatMap(({ numbers = [] }) => numbers);

/** As they have always stood; those of newer features follow. */
const order: readonly string[] = [
  ...["schemaVersion", "name", "description", "finishedAt", "device", "seeds", "resamples", "split"],
  ...["methods", "tasks", "macro", "prompts", "reliability", "selfConsistency", "difficulty"],
  ...["trainGroups", "training", "diagnostics", "stages", "cost", "provenance", "versions", "configYaml"],
];

export const inOrder = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    [...order, ...Object.keys(values).filter((key) => !order.includes(key))].flatMap((key) =>
      key in values ? [[key, values[key]!]] : [],
    ),
  );

/** Put together from the features' parts. */
export const runSummarySchema: z.ZodType<RunSummary> = z.object(
  inOrder(Object.assign({}, ...parts.map(({ schema }) => schema)) as Record<string, z.ZodType>),
) as unknown as z.ZodType<RunSummary>;
