/** `manifest.json`: what an artefact was made from, its files with their digests, and what its stage found out. */
import { z } from "zod";
import { digestOf } from "../../core/digest.ts";
import { isUnderWay } from "../../core/files.ts";
import { JsonFile } from "./files.ts";

/** Raised when the files of all stages change their form or meaning, so that older artefacts are not mistaken for new. */
export const storeVersion = 2;

/** What an artefact is made from; all of it goes into its key. */
export interface Recipe {
  stage: string;
  /** The version of the stage that makes it. */
  codeVersion: number;
  settings: unknown;
  /** Role to key of each input artefact. */
  inputs: Record<string, string>;
}

export const keyOf = (recipe: Recipe): string => keyUnder(recipe, storeVersion);

const keyUnder = ({ stage, codeVersion, settings, inputs }: Recipe, version: number): string =>
  digestOf({ stage, codeVersion, settings, inputs, storeVersion: version });

/** What a manifest tells of any stage's artefact. What a stage leaves beside it is checked by that stage's schema. */
const factsSchema = z.looseObject({
  tokens: z.int().optional().meta({ description: "that went through the model" }),
  environment: z
    .looseObject({ versions: z.record(z.string(), z.string()), device: z.string() })
    .optional()
    .meta({ description: "of the worker that made it" }),
  memory: z
    .looseObject({ peakResidentBytes: z.number().optional(), peakAcceleratorBytes: z.number().optional() })
    .optional()
    .meta({ description: "the worker's highest use up to the stage's end; older artefacts do not tell it" }),
});

const filesSchema = z
  .record(z.string(), z.object({ bytes: z.int(), sha256: z.string() }))
  // Older manifests list what a killed process left, as if it were a result.
  .transform((files) => Object.fromEntries(Object.entries(files).filter(([name]) => !isPartUnderWay(name))));

export const isPartUnderWay = (path: string): boolean => path.split(/[\\/]/).some(isUnderWay);

const manifestSchema = z.object({
  stage: z.string(),
  codeVersion: z.int(),
  settings: z.unknown(),
  inputs: z.record(z.string(), z.string()),
  key: z.string(),
  storeVersion: z.int(),
  files: filesSchema,
  facts: factsSchema,
  /** Seconds of work in all, those before an interruption included. */
  seconds: z.number(),
  finishedAt: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const manifestFile = new JsonFile("manifest.json", manifestSchema, { seal: "digest" });

/** Whether its key is the digest of what the artefact was made from. */
export const isSound = (manifest: Manifest): boolean =>
  manifest.key === keyUnder(manifest, manifest.storeVersion);
