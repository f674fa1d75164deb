import type { Problem } from "../../core/errors.ts";
import { dotted, isMap, type Path } from "../../core/shape.ts";
import type { Method } from "../schema/methods.ts";
import { methodSchema } from "../schema/methods.ts";
import { type Model, modelSchema } from "../schema/model.ts";
import { evaluateSchema, judgeSchema, sampleSchema, type Watch, watchSchema } from "../schema/stages.ts";
import { questionsAsked, type Task, taskSchema } from "../schema/tasks/index.ts";
import { type Training, trainingSchema } from "../schema/training.ts";
import { originOf, type Tree } from "../source/tree.ts";
import { overrideTraining, planSteps } from "../training.ts";
import { checkCustomTasks } from "./custom-task.ts";
import { checkFeedback } from "./feedback.ts";
import { checkValidation } from "./validation.ts";

/** The sections that are right by themselves: the rest have their own errors, and no say here. */
interface Sections {
  model: Model | undefined;
  task: Task | undefined;
  vft: Training | undefined;
  align: Training | undefined;
  sample: { questions?: number | undefined; maxNewTokens: number } | undefined;
  evaluate:
    | { split: "test" | "validation"; questions?: number | undefined; maxNewTokens: number }
    | undefined;
  judge: { feedback: "binary" | "ranked"; groupsFile?: string | undefined } | undefined;
  watch: Watch | undefined;
  methods: Record<string, Method>;
}

export type Report = (path: Path, message: string, found: unknown, expected: string) => void;

/** Settings that are right each by itself but do not go together. */
export function crossProblems(plain: unknown, tree: Tree): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, message, found, expected) =>
    problems.push({
      what: `${dotted(path)}: ${message}`,
      where: originOf(tree, path).where,
      found,
      expected,
    });
  const sections = sectionsOf(plain);
  checkLengths(sections, report);
  checkQuestions(sections, report);
  checkWarmups(sections, report);
  checkWeights(sections, report);
  if (sections.judge !== undefined) checkFeedback(sections.methods, sections.judge.feedback, report);
  const { task } = sections;
  const validation = task === undefined ? undefined : questionsAsked(task, "validation");
  checkValidation(sections.methods, sections.watch, validation, report);
  checkCustomTasks(isMap(plain) ? plain.tasks : undefined, report);
  return problems;
}

function sectionsOf(plain: unknown): Sections {
  const top = isMap(plain) ? plain : {};
  const stages = isMap(top.stages) ? top.stages : {};
  const methods = Object.entries(isMap(top.methods) ? top.methods : {});
  return {
    model: modelSchema.safeParse(top.model).data,
    task: taskSchema.safeParse(Array.isArray(top.tasks) ? top.tasks[0] : undefined).data,
    vft: trainingSchema.safeParse(stages.vft ?? {}).data,
    align: trainingSchema.safeParse(stages.align ?? {}).data,
    sample: sampleSchema.safeParse(stages.sample ?? {}).data,
    evaluate: evaluateSchema.safeParse(stages.evaluate ?? {}).data,
    judge: judgeSchema.safeParse(stages.judge ?? {}).data,
    watch: watchSchema.safeParse(stages.watch ?? {}).data,
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

function checkQuestions({ task, sample, evaluate }: Sections, report: Report): void {
  if (task === undefined) return;
  const most = (path: Path, asked: number | undefined, there: number | undefined, split: string): void => {
    if (asked !== undefined && there !== undefined && asked > there)
      report(path, `more than the ${there} ${split} questions that the task has`, asked, `at most ${there}`);
  };
  most(["stages", "sample", "questions"], sample?.questions, questionsAsked(task, "train"), "training");
  if (evaluate === undefined) return;
  const held = questionsAsked(task, evaluate.split);
  if (held === 0)
    report(
      ["stages", "evaluate", "split"],
      `the task has no ${evaluate.split} questions`,
      evaluate.split,
      `a task with ${evaluate.split} questions, or the other split`,
    );
  else most(["stages", "evaluate", "questions"], evaluate.questions, held, evaluate.split);
}

function checkWarmups({ task, vft, align, sample, judge, methods }: Sections, report: Report): void {
  const check = (path: Path, training: Training | undefined, questions: number | undefined): void => {
    if (training === undefined || (questions === undefined && training.steps === undefined)) return;
    const { totalSteps, warmupSteps } = planSteps(training, questions ?? 0);
    if (warmupSteps >= totalSteps && totalSteps > 1)
      report(
        [...path, "schedule", training.schedule.warmupSteps === undefined ? "warmupRatio" : "warmupSteps"],
        `the warm-up takes all of the ${totalSteps} steps`,
        training.schedule.warmupSteps ?? training.schedule.warmupRatio,
        training.schedule.warmupSteps === undefined ? "a ratio below 1" : `less than ${totalSteps}`,
      );
  };
  const train = task === undefined ? undefined : questionsAsked(task, "train");
  check(["stages", "vft"], vft, train);
  // How many groups a file of one's own has shows when it is read.
  const sampled = judge?.groupsFile === undefined ? (sample?.questions ?? train) : undefined;
  const trained = Object.entries(methods).filter(([, method]) => method.method !== "keep");
  if (trained.length > 0) check(["stages", "align"], align, sampled);
  for (const [name, method] of trained)
    if (method.method !== "keep" && method.train !== undefined && align !== undefined)
      check(["methods", name, "train"], overrideTraining(align, method.train), sampled);
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
