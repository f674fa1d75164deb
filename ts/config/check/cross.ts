import { z } from "zod";
import { defined } from "../../core/defined.ts";
import type { Problem } from "../../core/errors.ts";
import { dotted, isMap } from "../../core/shape.ts";
import { entryOf, type Method, methodSchema } from "../methods/index.ts";
import { type Model, modelSchema } from "../schema/model.ts";
import {
  evaluateSchema,
  judgeSchema,
  type Rounds,
  roundsSchema,
  sampleSchema,
  type Watch,
  watchSchema,
} from "../schema/stages.ts";
import { type Task, taskSchema } from "../schema/tasks/index.ts";
import { type Training, trainingSchema } from "../schema/training.ts";
import { leastVllmTemperature, samplerOf, vllmFix, type Worker, workerSchema } from "../schema/worker.ts";
import { originOf, type Tree } from "../source/tree.ts";
import { checkFeedback, checkRankingSettings, type Judging } from "./feedback.ts";
import type { Report } from "./report.ts";
import { mostOf, sizesOf, trainedOf, wholeWarmups } from "./sizes.ts";
import { checkChat, checkCustomTasks } from "./tasks.ts";
import { checkValidation } from "./validation.ts";

/** The sections that are valid by themselves: the others have errors of their own and are left out here. */
interface Sections {
  model: Model | undefined;
  /** undefined when one of them has errors of its own. */
  tasks: Task[] | undefined;
  vft: Training | undefined;
  align: Training | undefined;
  sample: z.output<typeof sampleSchema> | undefined;
  evaluate: z.output<typeof evaluateSchema> | undefined;
  judge: Judging | undefined;
  watch: Watch | undefined;
  rounds: Rounds | undefined;
  worker: Worker | undefined;
  methods: Record<string, Method>;
}

/** Settings that are right each by itself but do not go together. */
export function crossProblems(plain: unknown, tree: Tree): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, message, found, expected, fix) =>
    problems.push({
      what: `${dotted(path)}: ${message}`,
      where: originOf(tree, path).where,
      found,
      expected,
      ...defined({ fix }),
    });
  const sections = sectionsOf(plain);
  checkLengths(sections, report);
  checkQuestions(sections, report);
  checkWarmups(sections, report);
  checkWeights(sections, report);
  checkPositiveWeights(sections, report);
  if (sections.judge !== undefined) checkFeedback(sections.methods, sections.judge.feedback, report);
  if (sections.judge !== undefined) checkRankingSettings(sections.judge, report);
  checkValidation(sections.methods, sections.watch, mostOf(trainedOf(sections), "validation"), report);
  checkChat(sections.model, sections.tasks, report);
  checkCustomTasks(plain, report);
  checkRanks(sections, report);
  checkVllmDevice(sections, report);
  checkSampler(sections, report);
  checkLaunch(sections, report);
  checkRounds(sections, report);
  return problems;
}

function sectionsOf(plain: unknown): Sections {
  const top = isMap(plain) ? plain : {};
  const stages = isMap(top.stages) ? top.stages : {};
  const methods = Object.entries(isMap(top.methods) ? top.methods : {});
  return {
    model: modelSchema.safeParse(top.model).data,
    tasks: z.array(taskSchema).safeParse(top.tasks).data,
    vft: trainingSchema.safeParse(stages.vft ?? {}).data,
    align: trainingSchema.safeParse(stages.align ?? {}).data,
    sample: sampleSchema.safeParse(stages.sample ?? {}).data,
    evaluate: evaluateSchema.safeParse(stages.evaluate ?? {}).data,
    judge: judgeSchema.safeParse(stages.judge ?? {}).data,
    watch: watchSchema.safeParse(stages.watch ?? {}).data,
    rounds: roundsSchema.safeParse(top.rounds ?? {}).data,
    worker: workerSchema.safeParse(top.worker ?? {}).data,
    methods: Object.fromEntries(
      methods.flatMap(([name, method]) => {
        const parsed = methodSchema.safeParse(method);
        return parsed.success ? [[name, parsed.data]] : [];
      }),
    ),
  };
}

function checkLengths({ model, sample, evaluate }: Sections, report: Report): void {
  const limit = model?.create?.maxPositions;
  if (limit === undefined) return;
  for (const [stage, settings] of Object.entries({ sample, evaluate }))
    if (settings !== undefined && settings.maxNewTokens >= limit)
      report(
        ["stages", stage, "maxNewTokens"],
        `does not fit the model: prompt and response share its maxPositions (${limit})`,
        settings.maxNewTokens,
        `a whole number less than ${limit}`,
      );
}

function checkQuestions(sections: Sections, report: Report): void {
  const { tasks, sample, evaluate } = sections;
  if (tasks === undefined) return;
  const most = (stage: string, wanted: number | undefined, size: number | undefined, split: string): void => {
    if (wanted !== undefined && size !== undefined && wanted > size)
      report(
        ["stages", stage, "questions"],
        `more than the ${size} ${split} questions that the task has`,
        wanted,
        `at most ${size}`,
      );
  };
  most("sample", sample?.questions, mostOf(trainedOf(sections), "train"), "training");
  if (evaluate === undefined) return;
  const { split } = evaluate;
  if (tasks.some((task) => sizesOf([task], split)?.[0] === 0))
    report(
      ["stages", "evaluate", "split"],
      `the task has no ${split} questions`,
      split,
      `a task with ${split} questions, or the other split`,
    );
  else most("evaluate", evaluate.questions, mostOf(tasks, split), split);
}

/** What the settings say by themselves; where it is for want of questions, it is a warning. */
function checkWarmups(sections: Sections, report: Report): void {
  for (const { path, setting, training, totalSteps, isStated } of wholeWarmups(sections))
    if (isStated)
      report(
        [...path, "schedule", setting],
        `the warm-up takes all of the ${totalSteps} steps`,
        training.schedule[setting],
        setting === "warmupRatio" ? "a ratio below 1" : `less than ${totalSteps}`,
      );
}

/** A loss of which nothing is left trains nothing, and has no gradient to go by. */
function checkWeights({ methods }: Sections, report: Report): void {
  for (const [name, method] of Object.entries(methods))
    if ("vftWeight" in method && method.weight === 0 && method.vftWeight === 0)
      report(
        ["methods", name, "weight"],
        "nothing is left of the loss: vftWeight is 0 too",
        0,
        "weight or vftWeight greater than 0",
      );
}

/** Later rounds sample, which groups of the user's own stand in the place of. */
function checkRounds({ judge, rounds, methods }: Sections, report: Report): void {
  if (rounds === undefined || rounds.count === 1) return;
  if (judge?.groupsFile !== undefined)
    report(
      ["rounds", "count"],
      "later rounds sample anew, and the groups come from stages.judge.groupsFile",
      rounds.count,
      "1, or no stages.judge.groupsFile",
    );
  if (Object.keys(methods).length > 0 && Object.values(methods).every(({ method }) => method === "keep"))
    report(
      ["rounds", "count"],
      "no method trains: there is nothing to repeat",
      rounds.count,
      "1, or a method that trains",
    );
  for (const [name, method] of Object.entries(methods)) {
    const entry = entryOf(method.method);
    if (entry.kind !== "group loss" || entry.needs.startWeights === undefined) continue;
    if (entry.needs.referenceModel && rounds.start !== rounds.reference)
      report(
        ["rounds", "reference"],
        `${method.method} (methods.${name}) goes by the weights that a round starts from, which are to be its reference model`,
        rounds.reference,
        `${rounds.start}, as rounds.start`,
      );
  }
}

/** Neither right nor wrong COTs move: no weight on either, or none on the right ones with the wrong ones detached. */
function checkPositiveWeights({ methods }: Sections, report: Report): void {
  for (const [name, method] of Object.entries(methods)) {
    if (method.method !== "reinforce" && method.method !== "kto") continue;
    const [key, right, wrong] =
      method.method === "kto"
        ? (["desirableWeight", method.desirableWeight, method.undesirableWeight] as const)
        : (["positiveWeight", method.positiveWeight, undefined] as const);
    if (right !== 0) continue;
    if (method.constraint === "detached")
      report(
        ["methods", name, key],
        "nothing is left of the loss: constraint: detached leaves right COTs alone",
        0,
        `${key} greater than 0, or constraint: none`,
      );
    else if (wrong === 0)
      report(
        ["methods", name, key],
        "nothing is left of the loss: undesirableWeight is 0 too",
        0,
        `${key} or undesirableWeight greater than 0`,
      );
  }
}

function checkVllmDevice({ worker }: Sections, report: Report): void {
  if (worker?.device !== "mps" || worker.sampler === "transformers") return;
  if (worker.sampler === "vllm" || worker.vllmPython !== undefined)
    report(
      ["worker", "device"],
      "vLLM does not run on Apple's GPUs",
      worker.device,
      "worker.device: cpu, or worker.sampler: transformers",
    );
}

function checkRanks({ worker }: Sections, report: Report): void {
  if (worker === undefined || worker.devices * worker.nodes === 1) return;
  if (/^(?:cuda:\d+|mps)$/.test(worker.device))
    report(
      ["worker", "device"],
      "several processes share the work, each on a GPU of its own",
      worker.device,
      "auto, cuda or cpu, or worker.devices: 1",
    );
  if (worker.transport === "pythonia")
    report(
      ["worker", "transport"],
      "a worker inside Node is one process",
      "pythonia",
      "stdio, or worker.devices: 1",
    );
}

function checkLaunch({ worker }: Sections, report: Report): void {
  if (worker?.launch === undefined || worker.transport === "stdio") return;
  report(
    ["worker", "transport"],
    "what worker.launch starts speaks on its standard streams",
    worker.transport,
    "stdio, or no transport key",
  );
}

function checkSampler({ worker, sample, evaluate }: Sections, report: Report): void {
  if (worker === undefined) return;
  if (worker.sampler === "vllm" && worker.vllmPython === undefined)
    report(
      ["worker", "sampler"],
      "vLLM runs under a Python of its own, and worker.vllmPython is not given",
      "vllm",
      "worker.vllmPython beside it",
      vllmFix,
    );
  if (samplerOf(worker).name !== "vllm") return;
  for (const [stage, settings] of Object.entries({ sample, evaluate }))
    if (settings !== undefined && settings.temperature < leastVllmTemperature)
      report(
        ["stages", stage, "temperature"],
        `vLLM takes no temperature below ${leastVllmTemperature}, and would raise it to that`,
        settings.temperature,
        `at least ${leastVllmTemperature}, or worker.sampler: transformers`,
      );
}
