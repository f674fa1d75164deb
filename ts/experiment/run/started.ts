/** `started.json` in a run's folder: which artefacts the run that was begun last comes to, whether it has ended or not. */
import { relative } from "node:path";
import { z } from "zod";
import type { Experiment } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { Plan } from "../plan/plan.ts";
import { labelOf, recipeOf } from "../stages/node.ts";
import { JsonFile } from "../store/files.ts";
import type { Store } from "../store/store.ts";
import { runFiles } from "./files.ts";

const startedSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  startedAt: z.string(),
  stages: z.array(
    z.object({
      stage: z.string(),
      label: z.string().meta({ description: "as the run's own lines name it" }),
      method: z.string().optional(),
      seed: z.int().optional(),
      artefact: z.string().meta({ description: "relative to the run's folder" }),
    }),
  ),
});
export type Started = z.infer<typeof startedSchema>;

export const startedFile = new JsonFile(runFiles.started, startedSchema, { seal: "checksum" });

export function writeStarted(
  runDirectory: string,
  { name }: Experiment,
  { nodes }: Plan,
  store: Store,
): Promise<void> {
  const started: Started = {
    format: 1,
    name,
    startedAt: new Date().toISOString(),
    stages: nodes.map((node) => ({
      stage: node.stage,
      label: labelOf(node),
      ...defined({ method: node.method, seed: node.seed }),
      artefact: relative(runDirectory, store.directoryOf(recipeOf(node))),
    })),
  };
  return startedFile.write({ directory: runDirectory }, started, 2);
}
