import { z } from "zod";
import { flag, texts } from "./values.ts";

export type { Label, Ranking } from "../generated/experiment.ts";

const byColumn = z.enum(["steps", "score", "reward", "rank"]).meta({
  description:
    "steps: by the answer, then by how far the steps are right; score: by the answer, then by log-probability; reward, rank: by that column of the candidates",
});
const byGenerators = z.strictObject({
  generators: texts
    .refine((names) => new Set(names).size === names.length, { error: "a generator comes twice" })
    .meta({ description: "the models that the candidates' `generator` names, the best first" }),
  reference: flag
    .default(false)
    .meta({ description: "the reference COT becomes a candidate, above all generators" }),
});

/** What ranked feedback goes by. */
export const rankingSchema = z.union([byColumn, byGenerators]);

export const labelSchema = z.enum(["answer", "answer-and-steps"]);
