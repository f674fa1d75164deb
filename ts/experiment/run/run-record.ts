/** `run.json` in a run's folder: which artefacts an experiment came to. Reports and exports start from it. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { type Experiment, promptSettings, recorded } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import { datasetOf, splitNames } from "../../data/index.ts";
import type { Round } from "../plan/rounds.ts";
import type { OfTask } from "../stages/by-task.ts";
import { keyOfNode, type PlanNode } from "../stages/node.ts";
import { JsonFile } from "../store/files.ts";
import { runFiles } from "./files.ts";
import type { Done, Executed } from "./runner.ts";

const artefactPath = z.string().meta({ description: "relative to the run's folder" });
const ofTask = z.object({ task: z.string(), artefact: artefactPath });
const armSchema = z.object({
  method: z.string(),
  align: artefactPath.optional(),
  /** Where its weights lie. */
  checkpoint: artefactPath,
  /** On each task. */
  evaluate: z.array(ofTask),
  /** Where there are several: each with what it was trained on; the last one is what stands above. */
  rounds: z
    .array(z.object({ groups: z.array(ofTask), align: artefactPath, evaluate: z.array(ofTask) }))
    .optional(),
});

const runRecordSchema = z.object({
  format: z.literal(2),
  name: z.string(),
  description: z.string(),
  finishedAt: z.string(),
  configYaml: z.string(),
  examples: z.int(),
  extract: z.enum(["strict", "flexible"]),
  /** Which questions it was measured on; older records do not say. */
  split: z.enum(splitNames).optional(),
  tasks: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      use: z.enum(["train", "evaluate"]),
      /** Its questions with their prompts; of the first seed, where seeds have prompts of their own. */
      questions: artefactPath,
      template: z.string(),
      patterns: z.object({ strict: z.string(), flexible: z.string() }),
      /** Of its dataset. */
      licence: z.string().optional(),
      homepage: z.string().optional(),
    }),
  ),
  methods: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      method: z.string(),
      settings: z.record(z.string(), z.unknown()),
    }),
  ),
  stages: z.array(
    z.object({
      stage: z.string(),
      method: z.string().optional(),
      task: z.string().optional(),
      seed: z.int().optional(),
      reused: z.boolean(),
      artefact: artefactPath,
    }),
  ),
  seeds: z.array(
    z.object({ seed: z.int(), vft: artefactPath, trainGroups: z.array(ofTask), arms: z.array(armSchema) }),
  ),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

const recordFile = new JsonFile(runFiles.record, runRecordSchema, { seal: "checksum" });

export async function writeRunRecord(
  runDirectory: string,
  experiment: Experiment,
  configYaml: string,
  executed: Executed,
): Promise<RunRecord> {
  const find = (node: PlanNode): Done => executed.done.get(keyOfNode(node))!;
  const pathOf = (node: PlanNode): string => relative(runDirectory, find(node).artefact.directory);
  const pathsOf = ({ task, node }: OfTask) => ({ task, artefact: pathOf(node) });
  const pathsOfRound = ({ groups, align, evaluate }: Round) => ({
    groups: groups.map(pathsOf),
    align: pathOf(align),
    evaluate: evaluate.map(pathsOf),
  });
  const record: RunRecord = {
    format: 2,
    name: experiment.name,
    description: experiment.description,
    finishedAt: new Date().toISOString(),
    configYaml,
    examples: experiment.report.examples,
    extract: experiment.stages.judge.extract,
    split: experiment.stages.evaluate.split,
    tasks: executed.plan.seeds[0]!.tasks.map(({ task, settings, questions }) => ({
      name: task.name,
      kind: settings.task,
      use: settings.use,
      questions: pathOf(questions),
      template: promptSettings(settings.prompt).template,
      patterns: task.patterns,
      ...originOf(settings.task),
    })),
    methods: Object.entries(experiment.methods).map(([name, { label, ...settings }]) => ({
      name,
      label: label ?? name,
      method: settings.method,
      settings: { ...recorded(settings, experiment.stages.judge.feedback) },
    })),
    stages: [...executed.done.values()].map(({ node, artefact }) => ({
      stage: node.stage,
      ...defined({ method: node.method, task: node.task, seed: node.seed }),
      reused: artefact.reused,
      artefact: relative(runDirectory, artefact.directory),
    })),
    seeds: executed.plan.seeds.map(({ seed, vft, trainGroups, arms }) => ({
      seed,
      vft: pathOf(vft),
      trainGroups: trainGroups.map(pathsOf),
      arms: arms.map(({ method, align, evaluate, rounds }) => ({
        method,
        ...defined({ align: align && pathOf(align) }),
        checkpoint: pathOf(align ?? vft),
        evaluate: evaluate.map(pathsOf),
        ...(rounds.length < 2 ? {} : { rounds: rounds.map(pathsOfRound) }),
      })),
    })),
  };
  await recordFile.write({ directory: runDirectory }, record, 2);
  return record;
}

/** Where a task's dataset comes from; nothing for questions that are made, or the user's own. */
function originOf(kind: string): { licence?: string; homepage?: string } {
  const dataset = datasetOf(kind);
  return dataset === undefined ? {} : { licence: dataset.licence, homepage: dataset.homepage };
}

/** Of the finished runs beside it the one whose name is nearest. */
function nearestRun(runDirectory: string): string | undefined {
  const folder = dirname(runDirectory);
  const beside = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const names = beside.filter((name) => existsSync(join(folder, name, runFiles.record)));
  const nearest = nearestName(basename(runDirectory), names);
  return nearest === undefined ? undefined : join(folder, nearest);
}

export async function readRunRecord(runDirectory: string): Promise<RunRecord> {
  const place = { directory: runDirectory };
  const record = await recordFile.find(place);
  if (record !== undefined) return record;
  if (!recordFile.isIn(place) && existsSync(join(runDirectory, runFiles.started)))
    throw inputError({
      what: "the run is not finished: it has no run.json",
      where: runDirectory,
      fix: "give its `aft run` again, which goes on from there",
    });
  if (!recordFile.isIn(place))
    throw inputError({
      what: "not the folder of a finished run: it has no run.json",
      where: runDirectory,
      expected: `a folder that \`aft run\` wrote, for example runs/${basename(runDirectory)}`,
      nearest: nearestRun(runDirectory),
    });
  throw inputError({
    what: "run.json is damaged or was written by another version",
    where: recordFile.pathIn(place),
    fix: "run the experiment again: only what is missing is made",
  });
}
