/** What of the library's types is written by `npm run generate`: records, settings, reports and messages. */
import { join } from "node:path";
import { z } from "zod";
import { reliabilitySchema } from "../../analysis/features/assessor/numbers.ts";
import { costSchema, rowSchema } from "../../analysis/features/cost/numbers.ts";
import { difficultySchema } from "../../analysis/features/difficulty/numbers.ts";
import { diagnosticSchema } from "../../analysis/features/findings/numbers.ts";
import {
  promptInfoSchema,
  provenanceSchema,
  stageRunSchema,
} from "../../analysis/features/record/numbers.ts";
import { methodSummarySchema } from "../../analysis/features/results/numbers.ts";
import { roundMeasuredSchema, roundsSchema } from "../../analysis/features/rounds/numbers.ts";
import { bySizeSchema, selfConsistencySchema } from "../../analysis/features/self-consistency/numbers.ts";
import { taskInfoSchema, taskSummarySchema } from "../../analysis/features/tasks/numbers.ts";
import {
  heldOutSchema,
  searchPointSchema,
  trainedArmSchema,
  trainedSchema,
} from "../../analysis/features/training/schema.ts";
import {
  comparisonSchema,
  differenceSchema,
  differencesSchema,
  interval,
  measuredSchema,
  metricNames,
  metricSchema,
  metricsSchema,
  overSeeds,
  shareSchema,
} from "../../analysis/measure/schema.ts";
import { runSummarySchema } from "../../analysis/report/schema.ts";
import { nonFinite } from "../../bridge/messages.ts";
import { deviceInfo } from "../../bridge/methods/device.ts";
import { modelInfo } from "../../bridge/methods/models.ts";
import { type MethodName, methods } from "../../bridge/protocol.ts";
import { experimentSchema } from "../../config/experiment.ts";
import { methodSchema } from "../../config/methods/index.ts";
import { boundaryBetaSchema } from "../../config/schema/boundary.ts";
import { adapterSchema, createdModelSchema, modelSchema } from "../../config/schema/model.ts";
import { promptSchema } from "../../config/schema/prompt.ts";
import { labelSchema, rankingSchema } from "../../config/schema/ranking.ts";
import { stagesSchema } from "../../config/schema/stages.ts";
import { taskSchema } from "../../config/schema/tasks/index.ts";
import { trainingOverrideSchema, trainingSchema } from "../../config/schema/training.ts";
import { projectRoot } from "../../core/project.ts";
import {
  candidateSchema,
  groupSchema,
  judgedByMode,
  judgedCandidateSchema,
  predictionSchema,
  questionSchema,
} from "../../core/records.ts";
import { preferenceRowSchema, rrhfRowSchema, unpairedRowSchema } from "../../data/groups/convert.ts";
import { type Interfaces, interfacesOf, type Named } from "./interfaces.ts";

const as = (doc: string, schema: z.ZodType): Named => ({ schema, doc });

const records = {
  Question: as(
    "A question of a task, with its final answer and mostly a solution. Further fields pass through.",
    questionSchema,
  ),
  Candidate: as("A sampled solution that is not judged yet. Further fields pass through.", candidateSchema),
  JudgedCandidate: as(
    "A sampled solution and whether its final answer is right. Further fields pass through.",
    judgedCandidateSchema,
  ),
  Group: as(
    "A question with its judged solutions: what methods learn from and models are assessed by. Further fields pass through.",
    groupSchema,
  ),
  JudgedByMode: as("A text judged by one of its task's two rules.", judgedByMode),
  Prediction: as("A test question and what a model answers it by greedy decoding.", predictionSchema),
};

const rows = {
  PreferenceRow: as("A row of a preference data set, as DPO trainers read it.", preferenceRowSchema),
  UnpairedRow: as("A row of an unpaired data set, as KTO trainers read it.", unpairedRowSchema),
  RrhfRow: as("A row of RRHF's data: a question, its solutions and how good each is.", rrhfRowSchema),
};

const experiment = {
  Experiment: as(
    "An experiment as it is run: everything that extended files and defaults give, filled in.",
    experimentSchema,
  ),
  ModelSettings: as("The base model: created, from a folder, or from the hub.", modelSchema),
  CreatedModelSettings: as("A model made from scratch: sizes and tokenizer.", createdModelSchema),
  AdapterSettings: as("A LoRA adapter that is trained in place of the weights.", adapterSchema),
  TaskSettings: as("A task and its settings.", taskSchema),
  PromptChoice: as("How a question is put to the model.", promptSchema),
  StageSettings: as("The settings of each stage, in the order in which they run.", stagesSchema),
  TrainingSettings: as("How a stage trains.", trainingSchema),
  TrainingChanges: as("A method's own differences from `stages.align`.", trainingOverrideSchema),
  MethodSettings: as("One way of going on from the VFT weights: a row of the report's table.", methodSchema),
  BoundaryBeta: as(
    "How far the boundary lies below the lowest better score (mean log-probability): a number, worked out, or searched.",
    boundaryBetaSchema,
  ),
  Ranking: as("What ranked feedback goes by.", rankingSchema),
  Label: as(
    "What makes a COT a positive. answer: its final answer is right; answer-and-steps: and every step that the task checks is, of which there must be one.",
    labelSchema,
  ),
};

const reports = {
  RunSummary: as("report.json: every number of a run.", runSummarySchema),
  MethodSummary: as(
    "One method: its settings, its numbers, and how they differ from the baselines.",
    methodSummarySchema,
  ),
  MetricName: as("The metrics that every method is measured by.", z.enum(metricNames)),
  Metrics: as("What a method is measured by.", metricsSchema),
  Metric: as(
    "One number of one method: its value, interval and count, and the same for each seed.",
    metricSchema,
  ),
  Interval: as("Both ends of an interval, in the unit of what it is about.", interval),
  OverSeeds: as(
    "Mean, sample standard deviation (n - 1) and Student's 95 % interval of the mean, over seeds.",
    overSeeds,
  ),
  Comparison: as("A method against a baseline, metric by metric.", comparisonSchema),
  Differences: as("A method minus a baseline.", differencesSchema),
  Difference: as("A metric of one method minus that of a baseline, on the same questions.", differenceSchema),
  Measured: as("What is measured of a method on any set of questions.", measuredSchema),
  TaskSummary: as("A task of the run, and every method on its test questions.", taskSummarySchema),
  Diagnostic: as("Something that the numbers say, in words.", diagnosticSchema),
  ShareBySize: as("A share of questions by how many samples each of them has.", bySizeSchema),
  Share: as("A share of questions, or of whatever is counted.", shareSchema),
  TaskInfo: as(
    "A task of the experiment: trained on and evaluated, or evaluated only (out of distribution).",
    taskInfoSchema,
  ),
  PromptInfo: as(
    "How the questions of a task are put to the model, and one of them as the model got it.",
    promptInfoSchema,
  ),
  StageRun: as("One stage of the run, as its artefact tells it.", stageRunSchema),
  Provenance: as(
    "From what a run came, so that another can say whether theirs is the same.",
    provenanceSchema,
  ),
  Reliability: as(
    "Is a method's score a good assessor? Shares of right COTs by their score.",
    reliabilitySchema.element,
  ),
  SelfConsistency: as(
    "maj@j, best of j and pass@j by j, and each method's ways of answering against the baseline's.",
    selfConsistencySchema,
  ),
  RoundsSummary: as("Every round of training, where a run has several.", roundsSchema),
  RoundMeasured: as("What a method's weights do after a round of training.", roundMeasuredSchema),
  Difficulty: as("Greedy accuracy by how many steps the reference solution has.", difficultySchema),
  Cost: as("What the run took. A stage that several methods share is in no method's row.", costSchema),
  CostRow: as("What some of the artefacts took together.", rowSchema),
  Trained: as("What training a method told beside its steps.", trainedSchema),
  TrainedArm: as(
    "One method's training with one seed: its boundary, its looks, what went wrong.",
    trainedArmSchema,
  ),
  HeldOut: as(
    "A look at validation questions while a method trains: what its weights make of the VFT model's samples.",
    heldOutSchema,
  ),
  SearchPoint: as("One value that a search tried, on the validation questions.", searchPointSchema),
};

const method = ([name, { description, params, result, progress }]: [string, (typeof methods)[MethodName]]) =>
  [name, z.object({ params, result, progress }).meta({ description })] as const;

const messages = {
  WorkerInfo: as(
    "The worker's machine: Python, packages, devices and memory.",
    methods["device/info"].result,
  ),
  DeviceInfo: as("One device of the worker's machine.", deviceInfo),
  ModelInfo: as("A model in the worker's memory.", modelInfo),
  NonFinite: as("A number that is not finite, which JSON has no word for.", nonFinite),
  WorkerMethods: {
    ...as(
      "What can be asked of a worker: the parameters, the result and the progress of every method.",
      z.object(Object.fromEntries(Object.entries(methods).map(method))),
    ),
    inline: true,
  },
};

const header = "// Generated from the zod schemas by `npm run generate`. Do not edit.\n";

/** Absolute path -> content, and the fields that lack a description. */
export function generatedTypes(): Map<string, Interfaces> {
  const file = (part: string, name: string, named: Record<string, Named>): [string, Interfaces] => {
    const { text, bare } = interfacesOf(named);
    return [join(projectRoot, "ts", part, "generated", `${name}.ts`), { text: `${header}\n${text}`, bare }];
  };
  return new Map([
    file("core", "records", records),
    file("data", "rows", rows),
    file("config", "experiment", experiment),
    file("analysis", "report", reports),
    file("bridge", "messages", messages),
  ]);
}
