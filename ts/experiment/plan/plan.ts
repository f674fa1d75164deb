/** From an experiment to its pieces of work: a DAG in which equal work is one node. */
import { type Experiment, promptSettings, type Task as TaskSettings } from "../../config/index.ts";
import { taskOf } from "../../data/index.ts";
import { existingBase } from "../stages/base.ts";
import type { TaskQuestions } from "../stages/by-task.ts";
import type { PlanNode, StageName } from "../stages/context.ts";
import { ownGroupsNode } from "../stages/groups-file.ts";
import { questionsNode } from "../stages/questions.ts";
import { keyOf, type Recipe } from "../store/store.ts";
import { planSeed, type SeedPlan } from "./seed.ts";
import { digestsOfFiles, refuseMissingFiles } from "./task-files.ts";

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
  questions: 2,
  prompts: 1,
  create: 1,
  vft: 2,
  sample: 2,
  judge: 3,
  score: 2,
  align: 3,
  evaluate: 5,
  search: 2,
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
  refuseMissingFiles(experiment.tasks);
  const shared = {
    tasks: await Promise.all(
      experiment.tasks.map((settings, _, all) => taskQuestions(settings, all.length > 1)),
    ),
    base: experiment.model.create === undefined ? await existingBase(experiment.model) : undefined,
    ownGroups: await ownGroupsNode(experiment),
  };
  const seeds = experiment.seeds.map((seed) => planSeed(experiment, shared, seed));
  return {
    nodes: inOrder(
      seeds.flatMap(({ arms, trainGroups }) =>
        [...trainGroups, ...arms.flatMap((arm) => arm.evaluate)].map(({ node }) => node),
      ),
    ),
    seeds,
  };
}

/** No training questions are made of a task that is only evaluated, unless some go in front of its prompts. */
const withNeeded = (settings: TaskSettings): TaskSettings =>
  settings.task === "arithmetic" &&
  settings.use === "evaluate" &&
  promptSettings(settings.prompt).fewShot === 0
    ? { ...settings, train: 0 }
    : settings;

async function taskQuestions(given: TaskSettings, several: boolean): Promise<TaskQuestions> {
  const settings = withNeeded(given);
  const task = taskOf(settings);
  const shown = several ? task.name : undefined;
  return { task, settings, shown, questions: questionsNode(settings, await digestsOfFiles(settings), shown) };
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
