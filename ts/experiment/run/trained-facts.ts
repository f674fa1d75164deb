/** What an artefact with a method's weights tells beside its steps, for the report. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { inputError } from "../../core/errors.ts";
import { type BoundaryFacts, boundaryOf } from "../boundary-facts.ts";
import { type Search, searchSchema } from "../stages/search.ts";
import type { Artefact } from "../store/store.ts";
import type { HeldOut } from "../train/step-record.ts";
import { beforeFile, beforeSchema, type Stopped, stoppedSchema } from "../validation/index.ts";
import { type Warning, warningSchema } from "../warnings/index.ts";

const warningsSchema = z.array(warningSchema);

export interface TrainedFacts {
  boundary?: BoundaryFacts;
  search?: Pick<Search, "parameter" | "chosen" | "points">;
  /** The look at the weights it starts from. */
  before?: HeldOut;
  stopped?: Stopped;
  /** What was told while it trained. */
  warnings?: Warning[];
}

export async function trainedFacts({ directory, manifest }: Artefact): Promise<TrainedFacts> {
  const { stopped, warnings } = manifest.facts;
  const boundary = boundaryOf(manifest.facts);
  const search = await readJson(join(directory, "search.json"), searchSchema);
  const before = await readJson(join(directory, beforeFile), beforeSchema);
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
