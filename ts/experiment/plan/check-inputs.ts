/** What a run's own files show to be wrong, told before its first stage. */
import type { Experiment } from "../../config/index.ts";
import { inputError } from "../../core/errors.ts";
import { taskKind } from "../../data/index.ts";
import { checkGroups } from "../stages/groups-file.ts";

/** Throws for files of tasks whose beginnings do not fit their settings, and for groups that cannot be trained on. */
export async function checkInputs(experiment: Experiment): Promise<void> {
  const looks = experiment.tasks.map((settings) => taskKind(settings.task).look?.(settings) ?? []);
  const problems = (await Promise.all(looks)).flat();
  const distinct = new Map(problems.map((problem) => [`${problem.where} ${problem.what}`, problem]));
  if (distinct.size > 0) throw inputError([...distinct.values()]);
  await checkGroups(experiment);
}
