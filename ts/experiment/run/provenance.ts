/** From what a run's artefacts came, as their manifests tell it, for the report. */
import { parse } from "yaml";
import { z } from "zod";
import type { Provenance, StageRun } from "../../analysis/index.ts";
import { vftStage } from "../../analysis/index.ts";
import { packagedModels } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { sumOf } from "../../core/sum.ts";
import { modelCatalogue } from "../../data/index.ts";
import { stages } from "../stages/index.ts";
import type { Manifest } from "../store/manifest.ts";
import type { Artefact } from "../store/store.ts";
import type { RunRecord } from "./run-record.ts";

type Opened = ReadonlyMap<string, Pick<Artefact, "directory" | "manifest">>;

export function provenanceOf(record: RunRecord, opened: Opened): Provenance {
  const weights = (method: string, seed: number, artefact: string): Provenance["weights"] => {
    const { digest } = stages.vft.factsOf(opened.get(artefact)!);
    return digest === undefined ? [] : [{ method, seed, digest }];
  };
  const trained = record.tasks.filter(({ use }) => use === "train");
  return {
    command: "npx aft run experiment.yaml",
    ...defined({
      base: baseOf(record, opened.get(record.seeds[0]!.vft)!),
      model: madeModel(record, opened) ?? convertedModel(record, opened),
    }),
    vftQuestions: sumOf(
      trained,
      ({ questions }) => stages.questions.factsOf(opened.get(questions)!).train ?? 0,
    ),
    weights: [
      ...record.stages
        .filter(({ stage }) => stage === stages.create.name || stage === stages.convert.name)
        .flatMap(({ seed, artefact }) => weights("the base model", seed ?? 0, artefact)),
      ...record.seeds.flatMap(({ seed, vft, arms }) => [
        ...weights(vftStage, seed, vft),
        ...arms.flatMap(({ method, align }) => (align === undefined ? [] : weights(method, seed, align))),
      ]),
    ],
    samplers: samplersOf(record, opened),
    data: record.tasks.flatMap(({ name, questions }) => dataOf(name, opened.get(questions)!)),
  };
}

/** What drew the samples and answers, as the artefacts tell it; older ones do not. */
function samplersOf({ stages: runs }: RunRecord, opened: Opened): Provenance["samplers"] {
  const told = runs.flatMap(({ stage, artefact }) =>
    stage === stages.sample.name || stage === stages.evaluate.name
      ? (stages.sample.factsOf(opened.get(artefact)!).sampler ?? [])
      : [],
  );
  return [...new Map(told.map((sampler) => [`${sampler.name} ${sampler.version}`, sampler])).values()];
}

/** A model that was made here, in words. */
function madeModel({ stages: runs }: RunRecord, opened: Opened): string | undefined {
  const made = runs.find(({ stage }) => stage === stages.create.name);
  if (made === undefined) return undefined;
  const artefact = opened.get(made.artefact)!;
  const { create } = stages.create.settingsOf(artefact);
  if (create === undefined) return undefined;
  const { architecture, layers, hiddenSize } = create;
  const parameters = (stages.create.factsOf(artefact).parameters ?? 0).toLocaleString("en-US");
  return `a ${architecture} made from scratch, ${layers} layers of width ${hiddenSize}, ${parameters} parameters`;
}

/** A model that came as a GGUF file, in words. */
function convertedModel({ stages: runs }: RunRecord, opened: Opened): string | undefined {
  const made = runs.find(({ stage }) => stage === stages.convert.name);
  if (made === undefined) return undefined;
  const artefact = opened.get(made.artefact)!;
  const { architecture, parameters = 0 } = stages.convert.factsOf(artefact);
  const { gguf } = stages.convert.settingsOf(artefact);
  return `a ${architecture} of ${parameters.toLocaleString("en-US")} parameters out of the GGUF file with SHA-256 ${gguf}`;
}

/** A model of the hub by its name, one in a folder by its digest; undefined for one that was made here. */
function baseOf({ configYaml }: RunRecord, vft: { manifest: Manifest }): string | undefined {
  const { base } = stages.vft.settingsOf(vft);
  if (base === undefined) return undefined;
  if ("hub" in base) return `${base.hub}, revision ${base.revision}`;
  const { success, data } = keptSchema.safeParse(parse(configYaml));
  const name = success ? `${modelCatalogue[data.model.get].title}, ` : "";
  return `${name}a folder of weights with digest ${base.folder}`;
}

const keptSchema = z.object({ model: z.object({ get: z.enum(packagedModels) }) });

/** A task's own files by their content, and the questions that were read or made, split by split. */
function dataOf(task: string, questions: { manifest: Manifest }): Provenance["data"] {
  const { identity } = stages.questions.settingsOf(questions);
  const read = Object.entries(identity ?? {}).map(([file, digest]) => ({ task, file, digest }));
  const { files } = questions.manifest;
  return [...read, ...Object.entries(files).map(([file, { sha256 }]) => ({ task, file, digest: sha256 }))];
}

/** The worker's highest use of memory up to a stage's end; older artefacts do not tell it. */
export const peaksIn = ({
  memory,
}: Manifest["facts"]): Pick<StageRun, "peakResidentBytes" | "peakAcceleratorBytes"> =>
  defined({
    peakResidentBytes: memory?.peakResidentBytes,
    peakAcceleratorBytes: memory?.peakAcceleratorBytes,
  });
