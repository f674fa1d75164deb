/** A finished run's numbers, read back from its artefacts for the report. */
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { type ArmRound, type Evaluated, type RunData, vftStage } from "../../analysis/index.ts";
import { defined } from "../../core/defined.ts";
import { stages } from "../stages/index.ts";
import type { Place } from "../store/files.ts";
import { type Artefact, openArtefact } from "../store/store.ts";
import { factsOfRounds, oneAfterTheOther } from "./method-facts.ts";
import { peaksIn, provenanceOf } from "./provenance.ts";
import { type RunRecord, readRunRecord } from "./run-record.ts";

type ArmRecord = RunRecord["seeds"][number]["arms"][number];
type OfTask = ArmRecord["evaluate"][number];
type RoundRecord = NonNullable<ArmRecord["rounds"]>[number];

/** @param answersOf of these methods what they answered is read, and nothing of any training; left out: all of the run */
export async function loadRunData(
  runDirectory: string,
  answersOf?: (method: string) => boolean,
): Promise<{ record: RunRecord; run: RunData }> {
  const record = await readRunRecord(runDirectory);
  const opened = new Map<string, Artefact>();
  for (const { artefact } of record.stages)
    opened.set(artefact, await openArtefact(resolve(runDirectory, artefact)));
  const placeOf = (artefact: string): Place => ({ directory: join(runDirectory, artefact) });
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
      const { prompt } = stages.questions.factsOf(opened.get(questions)!);
      return prompt === undefined ? [] : [{ task: name, template, ...prompt }];
    }),
    methods: record.methods,
    provenance: provenanceOf(record, opened),
    stages: record.stages.map(({ stage, method, task, seed, reused, artefact }) => {
      const { seconds, facts } = opened.get(artefact)!.manifest;
      return {
        stage,
        ...defined({ method, task }),
        seed: seed ?? 0,
        seconds,
        ...defined({ tokens: facts.tokens }),
        ...peaksIn(facts),
        reused,
        artefact,
      };
    }),
    training: [],
    arms: [],
    trainGroups: [],
  };
  const stepsOf = (artefact: string) => stages.vft.files.metrics.read(placeOf(artefact));
  for (const { seed, vft, trainGroups, arms } of answersOf === undefined ? record.seeds : []) {
    run.training.push({ method: vftStage, seed, steps: await stepsOf(vft) });
    run.trainGroups.push({
      seed,
      counts: sumOfCounts(trainGroups.map(({ artefact }) => stages.judge.factsOf(opened.get(artefact)!))),
      groups: await stages.judge.files.groups.readAll(trainGroups.map(({ artefact }) => placeOf(artefact))),
    });
    for (const { method, align, rounds } of arms)
      if (align !== undefined)
        run.training.push({
          method,
          seed,
          steps: oneAfterTheOther(
            await Promise.all((rounds ?? [{ align }]).map((round) => stepsOf(round.align))),
          ),
        });
  }
  const { predictions, samples, heldOut } = stages.evaluate.files;
  const evaluatedIn = async (evaluate: readonly OfTask[]): Promise<Evaluated> => {
    const places = evaluate.map(({ artefact }) => placeOf(artefact));
    return {
      // An experiment with `greedy: false` has no predictions.
      predictions: await predictions.readAll(places.filter((place) => predictions.isIn(place))),
      samples: await samples.readAll(places),
      heldOut: await heldOut.readAll(places),
    };
  };
  const trainings = (align: string, rounds: readonly RoundRecord[] = []): Artefact[] =>
    (rounds.length === 0 ? [{ align }] : rounds).map((round) => opened.get(round.align)!);
  const roundsIn = async (rounds: readonly RoundRecord[], last: Evaluated): Promise<ArmRound[]> => {
    const read: ArmRound[] = [];
    for (const [at, { groups, evaluate }] of rounds.entries())
      read.push({
        ...(at === rounds.length - 1 ? last : await evaluatedIn(evaluate)),
        counts: sumOfCounts(groups.map(({ artefact }) => stages.judge.factsOf(opened.get(artefact)!))),
      });
    return read;
  };
  for (const { seed, arms } of record.seeds)
    for (const { method, align, evaluate, rounds } of arms) {
      if (answersOf?.(method) === false) continue;
      const last = await evaluatedIn(evaluate);
      run.arms.push({
        method,
        seed,
        ...last,
        ...(rounds === undefined || answersOf !== undefined ? {} : { rounds: await roundsIn(rounds, last) }),
        ...(align === undefined
          ? {}
          : await factsOfRounds(trainings(align, answersOf === undefined ? rounds : []))),
      });
    }
  return { record, run };
}

/** What the judge counted, over all tasks. */
function sumOfCounts(tasks: readonly Readonly<Record<string, number | undefined>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of tasks)
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + (count ?? 0);
  return sums;
}

/** What the run's first trained weights were made with: every artefact that a worker made says so. */
function environmentOf(
  record: RunRecord,
  opened: ReadonlyMap<string, Artefact>,
): { versions: Record<string, string>; device: string } {
  const { environment } = opened.get(record.seeds[0]!.vft)!.manifest.facts;
  return environment ?? { versions: {}, device: "unknown" };
}

/** Of a record that does not say it: the whole configuration does. */
function splitIn(configYaml: string): RunData["split"] {
  const { stages } = (parse(configYaml) ?? {}) as { stages?: { evaluate?: { split?: RunData["split"] } } };
  return stages?.evaluate?.split;
}
