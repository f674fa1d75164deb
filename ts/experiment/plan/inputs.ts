/** The files of the user's that an experiment goes by: whether they are there and fit, and their content for keys. */
import type { Experiment, Task as TaskSettings } from "../../config/index.ts";
import { digestOfFile } from "../../core/digest.ts";
import { inputError, messageOf, type Problem } from "../../core/errors.ts";
import { missingFiles, taskKind } from "../../data/index.ts";
import { checkGroups } from "../stages/groups-file.ts";

/** Every file of every task that is not there, in one error: whoever has to fetch them fetches them once. */
export function refuseMissingFiles(tasks: readonly TaskSettings[]): void {
  const byPlace = new Map<string, Problem>();
  for (const settings of tasks)
    for (const problem of missingFiles(taskKind(settings.task), settings))
      byPlace.set(problem.where ?? problem.what, problem);
  if (byPlace.size > 0) throw inputError([...byPlace.values()]);
}

/** The content of a task's own files goes into the key: a changed file is another piece of work. By the setting that names it. */
export async function digestsOfFiles(settings: TaskSettings): Promise<Record<string, string>> {
  const files = Object.entries(taskKind(settings.task).files?.(settings) ?? {});
  const digests = files.map(async ([field, path]) => {
    const digest = await digestOfFile(path).catch((error: unknown) => {
      const what = `a file of the task ${settings.task} cannot be read: ${messageOf(error)}`;
      throw inputError({ what, where: path }, { cause: error });
    });
    return [field, digest];
  });
  return Object.fromEntries(await Promise.all(digests));
}

/**
 * What the files show to be wrong, before the first stage: throws where the beginning of a task's file does not fit its
 * settings, and for groups that cannot be trained on.
 */
export async function checkInputs(experiment: Experiment): Promise<void> {
  const checks = experiment.tasks.map((settings) => taskKind(settings.task).look?.(settings) ?? []);
  const problems = (await Promise.all(checks)).flat();
  const distinct = new Map(problems.map((problem) => [`${problem.where} ${problem.what}`, problem]));
  if (distinct.size > 0) throw inputError([...distinct.values()]);
  await checkGroups(experiment);
}
