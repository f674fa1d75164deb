/**
 * Measures one set of weights on held-out questions: greedy answers (predictions.jsonl), k samples of its own
 * (samples.jsonl; none with `sampled: false`), and the score it gives to the VFT model's samples (heldout.jsonl; the
 * same COTs for all).
 */
import { z } from "zod";
import type { Prediction } from "../../analysis/index.ts";
import type { Worker } from "../../bridge/index.ts";
import { type Experiment, promptSettings, type Sampler } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { candidateSchema, groupSchema, predictionSchema, type Question } from "../../core/records.ts";
import { equations, judge as judgeCandidates, promptDigest } from "../../data/index.ts";
import { RowsFile, weightsIn } from "../store/files.ts";
import type { Artefact } from "../store/store.ts";
import { type Evaluated, evaluationValues } from "../tracking/index.ts";
import { withModel } from "../worker/loaded-model.ts";
import { type Drawn, drawnSchema, promptOf, sampleInto, samplerSettings } from "../worker/sampling.ts";
import { scoreAll } from "../worker/scoring.ts";
import type { TaskQuestions } from "./by-task.ts";
import { samplingOf, scoringCost } from "./cost.ts";
import { groupsFile } from "./judge.ts";
import type { PlanNode, StageContext } from "./node.ts";
import { readSplit } from "./questions.ts";
import { sample, samplerKey } from "./sample.ts";
import { defineStage } from "./stage.ts";
import { vft } from "./vft.ts";

type Settings = Experiment["stages"]["evaluate"];
type Sampling = Pick<Settings, "k" | "temperature" | "topP">;

export interface EvaluateParams {
  checkpoint: PlanNode;
  task: TaskQuestions;
  /** Judged samples of the VFT model. */
  heldOut: PlanNode;
  evaluation: Omit<Settings, keyof Sampling> &
    (Sampling | { sampled: false }) & {
      extract: "strict" | "flexible";
      seed: number;
    };
  sampler: Sampler["name"];
}

const files = {
  greedy: new RowsFile("greedy.jsonl", candidateSchema),
  candidates: sample.files.candidates,
  samples: new RowsFile("samples.jsonl", groupSchema),
  predictions: new RowsFile("predictions.jsonl", predictionSchema),
  heldOut: new RowsFile("heldout.jsonl", groupSchema),
};

export const evaluate = defineStage({
  name: "evaluate",
  codeVersion: 5,
  files,
  facts: z.object({
    questions: z.int(),
    tokens: z.int(),
    weights: z.string().meta({ description: "digest of the weights that were measured" }),
    prompts: z.string().meta({ description: "digest of the prompts" }),
    sampler: drawnSchema.optional().meta({ description: "what drew samples and answers" }),
  }),
  settings({ task: { task, settings }, evaluation, sampler }: EvaluateParams) {
    const { stop } = promptSettings(settings.prompt);
    const pattern = task.patterns[evaluation.extract];
    const { name } = task;
    return {
      ...evaluation,
      task: name,
      pattern,
      ...(stop.length === 0 ? {} : { stop }),
      ...samplerKey(sampler),
    };
  },
  inputs: ({ checkpoint, task: { questions }, heldOut }: EvaluateParams) => ({
    checkpoint,
    questions,
    heldOut,
  }),
  async run(context, { task: { task, settings, shown }, evaluation }, inputs) {
    const { split, extract, maxNewTokens, seed } = evaluation;
    const questions = await readSplit(inputs.questions, split, evaluation.questions);
    const heldOut = await groupsFile.read(inputs.heldOut);
    return withModel(context, { source: weightsIn(inputs.checkpoint) }, async (worker, { model, digest }) => {
      const { stop } = promptSettings(settings.prompt);
      const prompts = questions.map(promptOf);
      const { maxTokensPerBatch } = context.experiment.worker;
      const common = {
        ...context,
        worker,
        model,
        prompts,
        maxNewTokens,
        seed,
        stop,
        ...samplerSettings(context.experiment.worker),
        maxTokensPerBatch,
      };
      const labelled = (detail: string) => ({ ...common, label: `${context.label} (${detail})` });
      let tokens = 0;
      let sampler: Drawn | undefined;
      const draw = async (file: typeof files.greedy, options: Parameters<typeof sampleInto>[1]) => {
        const drawn = await sampleInto(file.pathIn(context), options);
        tokens += drawn.tokens;
        sampler = drawn.sampler ?? sampler;
      };
      if (evaluation.greedy) {
        const greedy = { ...labelled("greedy"), k: 1, temperature: 0, topP: 1 };
        await draw(files.greedy, greedy);
      }
      if ("k" in evaluation) {
        const { k, temperature, topP } = evaluation;
        const sampled = { ...labelled(`k = ${k}`), k, temperature, topP };
        await draw(files.candidates, sampled);
      }
      const scored = await scoreAll(heldOut, labelled("scores"));
      tokens += scored.tokens;
      await files.heldOut.write(context, scored.groups);
      const judged = async (file: typeof files.greedy) =>
        judgeCandidates(questions, await file.read(context), { task, extract }).groups;
      const evaluated: Evaluated = { split, task: shown, heldOut: scored.groups };
      if ("k" in evaluation) {
        evaluated.samples = await judged(files.candidates);
        await files.samples.write(context, evaluated.samples);
      }
      if (evaluation.greedy) {
        evaluated.predictions = predictionsOf(questions, await judged(files.greedy));
        await files.predictions.write(context, evaluated.predictions);
      }
      await trackEvaluation(context, worker, inputs.checkpoint, evaluated);
      const digestOfPrompts = promptDigest(prompts.map(({ prompt }) => prompt));
      return {
        questions: questions.length,
        tokens,
        weights: digest,
        prompts: digestOfPrompts,
        ...defined({ sampler }),
      };
    });
  },
  cost({ evaluation }, { questions, heldOut }) {
    const sampling = samplingOf(questions, { ...evaluation, k: 1 });
    return {
      sampled: [
        ...(evaluation.greedy ? [sampling] : []),
        ...("k" in evaluation ? [{ ...sampling, k: evaluation.k }] : []),
      ],
      scored: scoringCost(heldOut),
    };
  },
});

/** At the last step of the training that made the weights, in that training's own run. */
async function trackEvaluation(
  { track }: StageContext,
  worker: Worker,
  checkpoint: Artefact,
  evaluated: Evaluated,
): Promise<void> {
  const run = await track?.(worker, "add", checkpoint.key);
  // All stages that train leave this fact.
  run?.log(vft.factsOf(checkpoint).steps ?? 0, evaluationValues(evaluated));
  await run?.close();
}

function predictionsOf(
  questions: readonly Question[],
  groups: ReturnType<typeof judgeCandidates>["groups"],
): Prediction[] {
  const byId = new Map(questions.map((question) => [question.id, question]));
  return groups.map(({ id, task, prompt, answer, candidates: [candidate] }) => {
    const { text, extracted, correct, finish, logprob, tokens, ...more } = candidate!;
    const { question, choices, difficulty, reference } = byId.get(id)!;
    return {
      ...{ questionId: id, task, question, prompt, text, extracted, answer, correct },
      ...defined({
        choices,
        noAnswer: more.noAnswer,
        unread: more.unread,
        stepsValid: more.stepsValid,
        firstWrongStep: more.firstWrongStep,
        byMode: more.byMode as Prediction["byMode"],
        finish,
        logprob,
        tokens,
        steps: stepsOf(difficulty, reference),
      }),
    };
  });
}

/** How many steps its reference takes: as the question says, or else its equations; unknown where there are none. */
function stepsOf(difficulty: unknown, reference: string | undefined): number | undefined {
  if (typeof difficulty === "number" && Number.isInteger(difficulty) && difficulty >= 0) return difficulty;
  const count = reference === undefined ? 0 : equations(reference).length;
  return count === 0 ? undefined : count;
}
