/** A finished run's numbers, read back from its artefacts for the report. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { type Prediction, predictionSchema, type RunData, vftStage } from "../analysis/index.ts";
import { readJsonl } from "../core/jsonl.ts";
import { type Group, groupSchema } from "../core/records.ts";
import { peaksIn, provenanceOf } from "./run/provenance.ts";
import { type RunRecord, readRunRecord } from "./run/run-record.ts";
import { trainedFacts } from "./run/trained-facts.ts";
import { type Artefact, openArtefact } from "./store/store.ts";
import { stepRecord } from "./train/step-record.ts";

export async function loadRunData(runDirectory: string): Promise<{ record: RunRecord; run: RunData }> {
  const record = await readRunRecord(runDirectory);
  const opened = new Map<string, Artefact>();
  for (const { artefact } of record.stages)
    opened.set(artefact, await openArtefact(resolve(runDirectory, artefact)));
  const groupsIn = (artefact: string, name: string): Promise<Group[]> =>
    readJsonl(join(runDirectory, artefact, name), groupSchema);
  const environment = environmentOf(record, opened);
  const run: RunData = {
    name: record.name,
    description: record.description,
    configYaml: record.configYaml,
    versions: environment.versions,
    device: environment.device,
    seeds: record.seeds.map(({ seed }) => seed),
    finishedAt: record.finishedAt,
    split: record.split ?? splitIn(record.configYaml),
    tasks: record.tasks.map(({ name, use, patterns }) => ({ name, use, patterns, extract: record.extract })),
    prompts: record.tasks.flatMap(({ name, template, questions }) => {
      const { prompt } = opened.get(questions)!.manifest.facts as {
        prompt?: { digest: string; first: string };
      };
      return prompt === undefined ? [] : [{ task: name, template, ...prompt }];
    }),
    methods: record.methods,
    provenance: provenanceOf(record, opened),
    stages: record.stages.map(({ stage, method, task, seed, reused, artefact }) => {
      const { seconds, facts } = opened.get(artefact)!.manifest;
      return {
        stage,
        ...(method === undefined ? {} : { method }),
        ...(task === undefined ? {} : { task }),
        seed: seed ?? 0,
        seconds,
        ...(typeof facts.tokens === "number" ? { tokens: facts.tokens } : {}),
        ...peaksIn(facts),
        reused,
        artefact,
      };
    }),
    training: [],
    arms: [],
    trainGroups: [],
  };
  for (const { seed, vft, trainGroups, arms } of record.seeds) {
    const curve = async (artefact: string) =>
      readJsonl(join(runDirectory, artefact, "metrics.jsonl"), stepRecord);
    run.training.push({ method: vftStage, seed, steps: await curve(vft) });
    run.trainGroups.push({
      seed,
      counts: sumOfCounts(trainGroups.map(({ artefact }) => opened.get(artefact)!.manifest.facts)),
      groups: await ofAll(trainGroups, (artefact) => groupsIn(artefact, "groups.jsonl")),
    });
    for (const { method, align, evaluate } of arms) {
      if (align !== undefined) run.training.push({ method, seed, steps: await curve(align) });
      run.arms.push({
        method,
        seed,
        predictions: await ofAll(evaluate, (one) =>
          predictionsIn(join(runDirectory, one, "predictions.jsonl")),
        ),
        samples: await ofAll(evaluate, (one) => groupsIn(one, "samples.jsonl")),
        heldOut: await ofAll(evaluate, (one) => groupsIn(one, "heldout.jsonl")),
        ...(align === undefined ? {} : await trainedFacts(opened.get(align)!)),
      });
    }
  }
  return { record, run };
}

/** The rows of all tasks, one after the other. */
async function ofAll<T>(
  tasks: readonly { artefact: string }[],
  read: (artefact: string) => Promise<T[]>,
): Promise<T[]> {
  return (await Promise.all(tasks.map(({ artefact }) => read(artefact)))).flat();
}

/** What the judge counted, over all tasks. */
function sumOfCounts(all: readonly Record<string, unknown>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const facts of all)
    for (const [name, value] of Object.entries(facts))
      if (typeof value === "number") sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

/** An experiment with `greedy: false` has no predictions. */
const predictionsIn = async (file: string): Promise<Prediction[]> =>
  existsSync(file) ? readJsonl(file, predictionSchema) : [];

/** What the run's first trained weights were made with: every artefact that a worker made says so. */
function environmentOf(
  record: RunRecord,
  opened: ReadonlyMap<string, Artefact>,
): { versions: Record<string, string>; device: string } {
  const facts = opened.get(record.seeds[0]!.vft)!.manifest.facts;
  const environment = facts.environment as { versions: Record<string, string>; device: string } | undefined;
  return environment ?? { versions: {}, device: "unknown" };
}

/** Of a record that does not say it: the whole configuration does. */
function splitIn(configYaml: string): RunData["split"] {
  const { stages } = (parse(configYaml) ?? {}) as { stages?: { evaluate?: { split?: RunData["split"] } } };
  return stages?.evaluate?.split;
}
