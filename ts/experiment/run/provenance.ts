/** From what a run's artefacts came, as their manifests tell it, for the report. */
import type { Provenance, StageRun } from "../../analysis/index.ts";
import { vftStage } from "../../analysis/index.ts";
import type { Artefact } from "../store/store.ts";
import type { RunRecord } from "./run-record.ts";

type Opened = ReadonlyMap<string, Pick<Artefact, "manifest">>;

export function provenanceOf(record: RunRecord, opened: Opened): Provenance {
  const weights = (method: string, seed: number, artefact: string): Provenance["weights"] => {
    const { digest } = opened.get(artefact)!.manifest.facts;
    return typeof digest === "string" ? [{ method, seed, digest }] : [];
  };
  const base = baseOf(opened.get(record.seeds[0]!.vft)!.manifest.settings);
  return {
    command: "npx aft run experiment.yaml",
    ...(base === undefined ? {} : { base }),
    ...madeModel(record, opened),
    vftQuestions: record.tasks
      .filter(({ use }) => use === "train")
      .reduce((sum, { questions }) => sum + countOf(opened.get(questions)!.manifest.facts.train), 0),
    weights: [
      ...record.stages
        .filter(({ stage }) => stage === "create")
        .flatMap(({ seed, artefact }) => weights("the base model", seed ?? 0, artefact)),
      ...record.seeds.flatMap(({ seed, vft, arms }) => [
        ...weights(vftStage, seed, vft),
        ...arms.flatMap(({ method, align }) => (align === undefined ? [] : weights(method, seed, align))),
      ]),
    ],
    data: record.tasks.flatMap(({ name, questions }) => dataOf(name, questions, opened)),
  };
}

const countOf = (fact: unknown): number => (typeof fact === "number" ? fact : 0);

/** A model that was made here, in words. */
function madeModel({ stages }: RunRecord, opened: Opened): { model?: string } {
  const made = stages.find(({ stage }) => stage === "create");
  if (made === undefined) return {};
  const { settings, facts } = opened.get(made.artefact)!.manifest;
  const { create } = settings as { create?: Record<string, unknown> };
  if (create === undefined) return {};
  const { architecture, layers, hiddenSize } = create;
  const parameters = countOf(facts.parameters).toLocaleString("en-US");
  return {
    model: `a ${String(architecture)} made from scratch, ${String(layers)} layers of width ${String(hiddenSize)}, ${parameters} parameters`,
  };
}

/** A model of the hub by its name, one in a folder by its digest; undefined for one that was made here. */
function baseOf(settings: unknown): string | undefined {
  const { base } = settings as { base?: { hub?: string; revision?: string; folder?: string } };
  if (base?.hub !== undefined) return `${base.hub}, revision ${base.revision}`;
  return base?.folder === undefined ? undefined : `a folder of weights with digest ${base.folder}`;
}

/** A task's own files by their content, and the questions that were read or made, split by split. */
function dataOf(task: string, artefact: string, opened: Opened): Provenance["data"] {
  const { settings, files } = opened.get(artefact)!.manifest;
  const { identity } = settings as { identity?: Record<string, unknown> };
  const own = Object.entries(identity ?? {}).flatMap(([file, digest]) =>
    typeof digest === "string" ? [{ task, file, digest }] : [],
  );
  const made = Object.entries(files).map(([file, { sha256 }]) => ({ task, file, digest: sha256 }));
  return [...own, ...made];
}

/** The worker's highest use of memory up to a stage's end; older artefacts do not tell it. */
export function peaksIn(
  facts: Readonly<Record<string, unknown>>,
): Pick<StageRun, "peakResidentBytes" | "peakAcceleratorBytes"> {
  const memory = facts.memory as { peakResidentBytes?: number; peakAcceleratorBytes?: number } | undefined;
  const { peakResidentBytes, peakAcceleratorBytes } = memory ?? {};
  return {
    ...(typeof peakResidentBytes === "number" ? { peakResidentBytes } : {}),
    ...(typeof peakAcceleratorBytes === "number" ? { peakAcceleratorBytes } : {}),
  };
}
