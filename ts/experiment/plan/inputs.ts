/** The files of the user's that an experiment goes by: whether they are there and fit, and their content for keys. */
import { inspectVllm, ranksOf } from "../../bridge/index.ts";
import { type Experiment, samplerOf, type Task as TaskSettings } from "../../config/index.ts";
import { digestOfFile } from "../../core/digest.ts";
import { AftError, inputError, messageOf, type Problem } from "../../core/errors.ts";
import { missingFiles, taskKind } from "../../data/index.ts";
import { missingModel } from "../models/index.ts";
import { checkGroups } from "../stages/groups-file.ts";
import { fewerDevices } from "../worker/fewer-devices.ts";

/** Every file of every task that is not there, in one error: whoever has to fetch them fetches them once. */
export function refuseMissingFiles(tasks: readonly TaskSettings[]): void {
  const problems = missingOf(tasks);
  if (problems.length > 0) throw inputError(problems);
}

function missingOf(tasks: readonly TaskSettings[]): Problem[] {
  const byPlace = new Map<string, Problem>();
  for (const settings of tasks)
    for (const problem of missingFiles(taskKind(settings.task), settings))
      byPlace.set(problem.where ?? problem.what, problem);
  return [...byPlace.values()];
}

/**
 * What an experiment needs and this machine lacks: published data and a model that comes as a package, which a command can
 * fetch, GPUs, and where several machines meet. Each once.
 */
export async function stillMissing(experiments: readonly Experiment[]): Promise<Problem[]> {
  const models = new Set(experiments.flatMap(({ model }) => model.get ?? []));
  const ofModels = await Promise.all([...models].map(missingModel));
  const ofTasks = missingOf(experiments.flatMap(({ tasks }) => tasks));
  const ofDevices = await fewerDevices(experiments);
  const ofMachines = experiments
    .map(({ worker }) => unknownPlace(worker))
    .find((problem) => problem !== undefined);
  return [...[...ofModels, ofDevices, ofMachines].filter((problem) => problem !== undefined), ...ofTasks];
}

/** Of several machines where they meet, where neither settings nor environment say. */
function unknownPlace(settings: Experiment["worker"]): Problem | undefined {
  try {
    ranksOf(settings);
    return undefined;
  } catch (error) {
    if (error instanceof AftError) return error.problems[0];
    throw error;
  }
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
 * What is wrong before the first stage: throws where the beginning of a task's file does not fit its settings, for groups
 * that cannot be trained on, and where what is to draw the samples is not there.
 */
export async function checkInputs(experiment: Experiment): Promise<void> {
  const checks = experiment.tasks.map((settings) => taskKind(settings.task).look?.(settings) ?? []);
  const problems = (await Promise.all(checks)).flat();
  const distinct = new Map(problems.map((problem) => [`${problem.where} ${problem.what}`, problem]));
  if (distinct.size > 0) throw inputError([...distinct.values()]);
  await checkGroups(experiment);
  await checkSampler(experiment.worker);
}

/** Whether what is to draw the samples is there; @returns it in a few words, with its version where it has one of its own. */
export async function checkSampler(settings: Experiment["worker"]): Promise<string> {
  const sampler = samplerOf(settings);
  if (sampler.name === "transformers") return "transformers, in the worker";
  // On the worker's machine: whether it is there is seen when it is started.
  if (settings.launch !== undefined) return `vLLM, ${sampler.python} on the worker's machine`;
  const { version, platform } = await inspectVllm(sampler.python, "worker.vllmPython");
  const { device } = settings;
  const other = { cpu: "cuda", cuda: "cpu" }[device.split(":")[0]!];
  if (platform !== "" && platform === other)
    throw inputError({
      what: "vLLM and the worker run on different devices",
      found: `${sampler.python} has vLLM ${version} for ${platform}; worker.device is ${device}`,
      expected: "one kind of device for both",
      fix:
        platform === "cpu"
          ? "install the vLLM for CUDA there, or worker.device: cpu"
          : "worker.device: auto, or worker.sampler: transformers",
    });
  return `vLLM ${version}, ${sampler.python}`;
}
