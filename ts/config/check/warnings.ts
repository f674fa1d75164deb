import { nearestName } from "../../core/errors.ts";
import { dotted } from "../../core/shape.ts";
import type { Experiment } from "../experiment.ts";
import type { MethodKind } from "../methods/index.ts";
import { packagedModels } from "../schema/model.ts";
import { roundsSchema } from "../schema/stages.ts";
import { questionsAsked, taskName } from "../schema/tasks/index.ts";
import { wholeWarmups } from "./sizes.ts";

/** What is allowed but probably not meant. */
export function warningsOf(experiment: Experiment): string[] {
  const methods = Object.values(experiment.methods);
  const has = (kind: MethodKind): boolean => methods.some((method) => method.method === kind);
  const byGroups = methods.filter((method) => "constraint" in method);
  const compares = byGroups.length > 0 || has("rft");
  const warnings: string[] = [];
  if (compares && !has("vft"))
    warnings.push(
      "no method continues VFT (method: vft): a gain over VFT may only mean more training, not a better loss",
    );
  if (compares && !has("keep"))
    warnings.push(
      "no method keeps the VFT weights (method: keep): the report cannot show what changed since VFT",
    );
  const { sample, judge, watch } = experiment.stages;
  if (byGroups.length > 0 && sample.k < 2 && judge.groupsFile === undefined)
    warnings.push("stages.sample.k is 1: no question can have both a positive and a negative sample");
  for (const [name, method] of Object.entries(experiment.methods))
    if ("constraint" in method && method.weight === 0)
      warnings.push(`methods.${name} has weight 0: it is continued VFT`);
  if (judge.groupsFile !== undefined && sample.questions !== undefined)
    warnings.push("stages.sample.questions is not used: the groups come from stages.judge.groupsFile");
  if (watch.accuracy && watch.every === 0)
    warnings.push("stages.watch.accuracy has no effect: stages.watch.every is 0");
  const { hub } = experiment.model;
  const meant = hub === undefined || hub.includes("/") ? undefined : nearestName(hub, packagedModels);
  if (meant !== undefined)
    warnings.push(`model ${hub} is looked for on the hub; ${meant} is a model that aft model get makes`);
  return [...warnings, ...warmupWarnings(experiment), ...roundsWarnings(experiment)];
}

/** As many steps as there are questions for; with a file's it shows when they are read, and training says so. */
const warmupWarnings = ({ tasks, stages, methods }: Experiment): string[] =>
  wholeWarmups({ ...stages, tasks, methods })
    .filter(({ isStated }) => !isStated)
    .map(
      ({ path, setting, training, totalSteps }) =>
        `${dotted([...path, "schedule", setting])} is ${training.schedule[setting]}: the warm-up takes all of the ${totalSteps} steps that there are questions for`,
    );

/** Of questions that some rounds do not have for themselves. Those of a file are counted when it is read. */
function roundsWarnings({ rounds, stages: { sample }, tasks }: Experiment): string[] {
  const { count, questions } = rounds;
  const each = sample.questions;
  if (count === 1) {
    const { count: _, ...others } = rounds;
    const { count: __, ...defaults } = roundsSchema.parse({});
    const idle = Object.keys(others).filter(
      (key) => others[key as keyof typeof others] !== defaults[key as keyof typeof defaults],
    );
    return idle.map((key) => `rounds.${key} has no effect: rounds.count is 1`);
  }
  if (questions === "same") return [];
  if (each === undefined)
    return [
      "rounds.questions is fresh, and each round takes all training questions: stages.sample.questions says how many a round gets",
    ];
  return tasks
    .filter(({ use }) => use === "train")
    .flatMap((task) => {
      const size = questionsAsked(task, "train");
      return size === undefined || size >= count * each
        ? []
        : [
            `${taskName(task)}: its ${size} training questions are not enough for ${count} rounds of ${each}: later rounds begin again at the first (rounds.questions)`,
          ];
    });
}
