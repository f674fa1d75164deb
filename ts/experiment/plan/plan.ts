/** From an experiment to its pieces of work: a DAG in which equal work is one node. */
import { type Experiment, promptSettings, type Task as TaskSettings } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { taskOf } from "../../data/index.ts";
import type { TaskQuestions } from "../stages/by-task.ts";
import { givenGroupsNode } from "../stages/groups-file.ts";
import { stages } from "../stages/index.ts";
import { keyOfNode, type PlanNode } from "../stages/node.ts";
import { existingWeights } from "../stages/weights.ts";
import { digestsOfFiles, refuseMissingFiles } from "./inputs.ts";
import { planSeed, type SeedPlan } from "./seed.ts";

export interface Plan {
  /** Every node once, each after its inputs. */
  nodes: PlanNode[];
  seeds: SeedPlan[];
}

export async function planOf(experiment: Experiment): Promise<Plan> {
  const { tasks, model } = experiment;
  refuseMissingFiles(tasks);
  const shared = {
    tasks: await Promise.all(tasks.map((settings) => taskQuestions(settings, tasks.length > 1))),
    existing: model.create === undefined ? await existingWeights(model) : undefined,
    givenGroups: await givenGroupsNode(experiment),
  };
  const seeds = experiment.seeds.map((seed) => planSeed(experiment, shared, seed));
  // Rows are read before anything is made of them: a bad cell of the last task is not told of after hours of training.
  const questions = shared.tasks.map((task) => ({ node: task.questions }));
  const wanted = seeds.flatMap(({ arms, trainGroups }) => [
    ...trainGroups,
    ...arms.flatMap(({ evaluate, rounds }) => [...rounds.flatMap((round) => round.evaluate), ...evaluate]),
  ]);
  return { nodes: inOrder([...questions, ...wanted].map(({ node }) => node)), seeds };
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
  const identity = await digestsOfFiles(settings);
  const questions = stages.questions.node({ settings, identity }, defined({ task: shown }));
  return { task, settings, shown, questions };
}

/** All nodes that the given ones need, each once (equal recipes are one piece of work) and after its inputs. */
function inOrder(wanted: readonly PlanNode[]): PlanNode[] {
  const seen = new Map<string, PlanNode>();
  const visit = (node: PlanNode): void => {
    const key = keyOfNode(node);
    if (seen.has(key)) return;
    for (const input of Object.values(node.inputs)) visit(input);
    seen.set(key, node);
  };
  for (const node of wanted) visit(node);
  return [...seen.values()];
}
