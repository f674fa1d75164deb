/** A base model out of a GGUF file of the user's own: its weights as float32, made once. */
import { z } from "zod";
import { ensureGguf } from "../../bridge/index.ts";
import { convertOn, whatWasLost } from "../models/index.ts";
import { weightsIn } from "../store/files.ts";
import { defineStage } from "./stage.ts";

export interface ConvertParams {
  file: string;
  /** SHA-256 of the file. */
  digest: string;
}

export const convert = defineStage({
  name: "convert",
  codeVersion: 1,
  files: {},
  facts: z.object({
    architecture: z.string(),
    parameters: z.int(),
    vocabularySize: z.int(),
    digest: z.string(),
    tokenizerDigest: z.string(),
    tensors: z.array(z.object({ type: z.string(), tensors: z.int(), values: z.int(), bytes: z.int() })),
  }),
  settings: ({ digest }: ConvertParams) => ({ gguf: digest }),
  inputs: () => ({}),
  async run({ directory, experiment, progress, signal, worker }, { file }) {
    const { python, launch } = experiment.worker;
    // The package that reads GGUF is for the worker, wherever that is.
    if (launch === undefined) await ensureGguf({ python, progress, signal });
    const places = { file, directory: weightsIn({ directory }) };
    const converted = await convertOn(await worker(), places, signal);
    progress.note([`${file} holds`, ...whatWasLost(converted)].join("\n"));
    const { architecture, parameters, vocabularySize, digest, tokenizerDigest, tensors } = converted;
    return { architecture, parameters, vocabularySize, digest, tokenizerDigest, tensors };
  },
});
