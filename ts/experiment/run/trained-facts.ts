/** What an artefact with a method's weights tells beside its steps, for the report. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { inputError } from "../../core/errors.ts";
import { type BoundaryFacts, boundaryOf } from "../boundary-facts.ts";
import { type Search, searchSchema } from "../stages/search.ts";
import type { Artefact } from "../store/store.ts";
import { type HeldOut, heldOutSchema } from "../train/step-record.ts";

const stoppedSchema = z.object({ bestStep: z.int(), lastStep: z.int(), reason: z.string() });
const warningsSchema = z.array(z.object({ step: z.int(), kind: z.string(), text: z.string() }));
const beforeSchema = z.object({ heldOut: heldOutSchema });

export interface TrainedFacts {
  boundary?: BoundaryFacts;
  search?: Pick<Search, "parameter" | "chosen" | "points">;
  /** The look at the weights it starts from. */
  before?: HeldOut;
  stopped?: z.infer<typeof stoppedSchema>;
  /** What was told while it trained. */
  warnings?: z.infer<typeof warningsSchema>;
}

export async function trainedFacts({ directory, manifest }: Artefact): Promise<TrainedFacts> {
  const { stopped, warnings } = manifest.facts;
  const boundary = boundaryOf(manifest.facts);
  const search = await readJson(join(directory, "search.json"), searchSchema);
  const before = await readJson(join(directory, "before.json"), beforeSchema);
  return {
    ...(boundary === undefined ? {} : { boundary }),
    ...(search === undefined
      ? {}
      : { search: { parameter: search.parameter, chosen: search.chosen, points: search.points } }),
    ...(before === undefined ? {} : { before: before.heldOut }),
    ...(stopped === undefined ? {} : { stopped: stoppedSchema.parse(stopped) }),
    ...(warnings === undefined ? {} : { warnings: warningsSchema.parse(warnings) }),
  };
}

/** A file that an artefact may have; undefined where it has none. */
async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw inputError({ what: "the file of an artefact is damaged", where: file }, { cause: error });
  }
}
