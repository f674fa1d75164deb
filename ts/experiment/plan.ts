/** From an experiment to its pieces of work: a DAG in which equal work is one node. */
import { type Experiment, trainingOf } from "../config/index.ts";
import { digestOfFile } from "../core/digest.ts";
import { inputError } from "../core/errors.ts";
import type { PlanNode, StageName } from "./context.ts";
import { alignNode } from "./stages/align.ts";
import { type Base, existingBase } from "./stages/base.ts";
import { createNode } from "./stages/create.ts";
import { evaluateNode } from "./stages/evaluate.ts";
import { judgeNode } from "./stages/judge.ts";
import { questionsNode } from "./stages/questions.ts";
import { sampleNode } from "./stages/sample.ts";
import { vftNode } from "./stages/vft.ts";
import { keyOf, type Recipe } from "./store.ts";

/** What one method came to under one seed. */
export interface Arm {
  method: string;
  seed: number;
  /** undefined for `keep`: its weights are those of VFT. */
  align?: PlanNode;
  evaluate: PlanNode;
}

export interface SeedPlan {
  seed: number;
  vft: PlanNode;
  trainGroups: PlanNode;
  arms: Arm[];
}

export interface Plan {
  /** Every node once, each after its inputs. */
  nodes: PlanNode[];
  seeds: SeedPlan[];
}

/**
 * Raised by hand with every change of code, here, in `data` or in the worker, after which a stage makes something
 * else of the same settings and inputs: older artefacts are then made again, and all that stands on them. Prompt
 * templates and answer patterns need no such care: they are in the keys themselves.
 */
const codeVersions: Record<StageName, number> = {
  questions: 1,
  create: 1,
  vft: 1,
  sample: 1,
  judge: 1,
  align: 1,
  evaluate: 1,
};

/** A node never changes, and every node below it asks for its key: each recipe is worked out once. */
const recipes = new WeakMap<PlanNode, Recipe>();

export function recipeOf(node: PlanNode): Recipe {
  const known = recipes.get(node);
  if (known !== undefined) return known;
  const recipe: Recipe = {
    stage: node.stage,
    codeVersion: codeVersions[node.stage],
    settings: node.settings,
    inputs: Object.fromEntries(
      Object.entries(node.inputs).map(([role, input]) => [role, keyOf(recipeOf(input))]),
    ),
  };
  recipes.set(node, recipe);
  return recipe;
}

export async function planOf(experiment: Experiment): Promise<Plan> {
  const task = experiment.tasks[0]!;
  const questions = questionsNode(task, await filesOf(task));
  const outside = experiment.model.create === undefined ? await existingBase(experiment.model) : undefined;
  const seeds = experiment.seeds.map((seed) => planSeed(experiment, questions, outside, seed));
  return {
    nodes: inOrder(
      seeds.flatMap(({ arms, trainGroups }) => [trainGroups, ...arms.map((arm) => arm.evaluate)]),
    ),
    seeds,
  };
}

function planSeed(
  experiment: Experiment,
  questions: PlanNode,
  outside: Base | undefined,
  seed: number,
): SeedPlan {
  const { model, stages, methods } = experiment;
  const task = experiment.tasks[0]!.task;
  const base: Base = outside ?? {
    node: createNode(model, model.create!, seed, questions),
    settings: {},
  };
  const vft = vftNode(base, questions, stages.vft, seed);
  const { sample, judge, evaluate } = stages;
  const samplingSeed = sample.seed ?? seed;
  const { questions: sampledQuestions, seed: _, ...sampling } = sample;
  const groupsOf = (
    split: "train" | "validation" | "test",
    count: number | undefined,
    settings: typeof sampling,
  ) =>
    judgeNode(
      sampleNode(vft, questions, { ...settings, split, questions: count, seed: samplingSeed }, seed),
      questions,
      { task, extract: judge.extract, split, questions: count },
      seed,
    );
  const trainGroups = groupsOf("train", sampledQuestions, sampling);
  const { k, temperature, topP, maxNewTokens } = evaluate;
  const heldOut = groupsOf(evaluate.split, evaluate.questions, { k, temperature, topP, maxNewTokens });
  const arms = Object.entries(methods).map(([name, method]): Arm => {
    const settings = { ...evaluate, task, extract: judge.extract, seed: samplingSeed };
    if (method.method === "keep")
      return {
        method: name,
        seed,
        evaluate: evaluateNode(name, vft, { questions, heldOut }, settings, seed),
      };
    const align = alignNode(
      name,
      method,
      trainingOf(experiment, name)!,
      { base, vft, groups: trainGroups },
      seed,
    );
    return {
      method: name,
      seed,
      align,
      evaluate: evaluateNode(name, align, { questions, heldOut }, settings, seed),
    };
  });
  return { seed, vft, trainGroups, arms };
}

/** The content of a task's own files goes into the key: a changed file is another piece of work. */
async function filesOf(task: Experiment["tasks"][number]): Promise<Record<string, string>> {
  const files = Object.entries(task).filter(
    (entry): entry is [string, string] => entry[0].endsWith("File") && typeof entry[1] === "string",
  );
  const digests = files.map(async ([field, path]) => {
    const digest = await digestOfFile(path).catch((error: unknown) => {
      throw inputError({ what: `the task's ${field} cannot be read`, where: path }, { cause: error });
    });
    return [field, digest];
  });
  return Object.fromEntries(await Promise.all(digests));
}

/** All nodes that the given ones need, each once (equal recipes are one piece of work) and after its inputs. */
function inOrder(wanted: readonly PlanNode[]): PlanNode[] {
  const seen = new Map<string, PlanNode>();
  const visit = (node: PlanNode): void => {
    const key = keyOf(recipeOf(node));
    if (seen.has(key)) return;
    for (const input of Object.values(node.inputs)) visit(input);
    seen.set(key, node);
  };
  for (const node of wanted) visit(node);
  return [...seen.values()];
}
