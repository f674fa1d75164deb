import { join } from "node:path";
import type { Prediction } from "../../analysis/index.ts";
import type { Worker } from "../../bridge/index.ts";
import { type Experiment, promptSettings } from "../../config/index.ts";
import { readJsonl, writeJsonl } from "../../core/jsonl.ts";
import { candidateSchema, type Group, groupSchema, type Question } from "../../core/records.ts";
import { equations, judge, promptDigest, type Task } from "../../data/index.ts";
import type { Artefact } from "../store/store.ts";
import { type Evaluated, evaluationValues } from "../tracking/index.ts";
import { type SampleOptions, sampleInto } from "../worker/sampling.ts";
import { scoreAll } from "../worker/scoring.ts";
import type { TaskQuestions } from "./by-task.ts";
import { checkpointIn, labelOf, type PlanNode, type StageContext, withModel } from "./context.ts";
import { promptOf, readQuestions } from "./sample.ts";

type Stage = Experiment["stages"]["evaluate"];
type Sampling = Pick<Stage, "k" | "temperature" | "topP">;

export type Evaluation = Omit<Stage, keyof Sampling> &
  (Sampling | { sampled: false }) & {
    extract: "strict" | "flexible";
    seed: number;
  };

/**
 * Measures one set of weights on held-out questions: greedy answers (predictions.jsonl), k samples of its own
 * (samples.jsonl; none with `sampled: false`), and the score it gives to the VFT model's samples (heldout.jsonl; the
 * same COTs for all).
 */
export function evaluateNode(
  name: string,
  checkpoint: PlanNode,
  from: { of: TaskQuestions; heldOut: PlanNode },
  settings: Evaluation,
  seed: number,
  variant?: string,
): PlanNode {
  const { task, questions, shown } = from.of;
  const { stop } = promptSettings(from.of.settings.prompt);
  const node: PlanNode = {
    stage: "evaluate",
    method: name,
    ...(shown === undefined ? {} : { task: shown }),
    ...(variant === undefined ? {} : { variant }),
    seed,
    settings: {
      ...settings,
      task: task.name,
      pattern: task.patterns[settings.extract],
      ...(stop.length === 0 ? {} : { stop }),
    },
    inputs: { checkpoint, questions, heldOut: from.heldOut },
    work: (context, inputs) => evaluate(context, inputs, { ...settings, task, shown, stop }, labelOf(node)),
  };
  return node;
}

async function evaluate(
  context: StageContext,
  inputs: Record<string, Artefact>,
  settings: Evaluation & { task: Task; shown: string | undefined; stop: readonly string[] },
  label: string,
): Promise<Record<string, unknown>> {
  const questions = await readQuestions(inputs.questions!, settings.split, settings.questions);
  const heldOut = await readJsonl(join(inputs.heldOut!.directory, "groups.jsonl"), groupSchema);
  const at = (name: string): string => join(context.directory, name);
  return withModel(context, checkpointIn(inputs.checkpoint!), async (worker, { model, digest }) => {
    const common = {
      worker,
      model,
      prompts: questions.map(promptOf),
      maxNewTokens: settings.maxNewTokens,
      seed: settings.seed,
      stop: settings.stop,
      maxTokensPerBatch: context.experiment.worker.maxTokensPerBatch,
      progress: context.progress,
      signal: context.signal,
    } satisfies Partial<SampleOptions>;
    let tokens = 0;
    if (settings.greedy) {
      const greedy = { ...common, k: 1, temperature: 0, topP: 1, label: `${label} (greedy)` };
      tokens += (await sampleInto(at("greedy.jsonl"), greedy)).tokens;
    }
    if ("k" in settings) {
      const { k, temperature, topP } = settings;
      const sampled = { ...common, k, temperature, topP, label: `${label} (k = ${k})` };
      tokens += (await sampleInto(at("candidates.jsonl"), sampled)).tokens;
    }
    const scored = await scoreAll(heldOut, { ...common, label: `${label} (scores)` });
    tokens += scored.tokens;
    await writeJsonl(at("heldout.jsonl"), scored.groups);
    const judging = { task: settings.task, extract: settings.extract };
    const evaluated: Evaluated = { split: settings.split, task: settings.shown, heldOut: scored.groups };
    if ("k" in settings) {
      const own = judge(questions, await readJsonl(at("candidates.jsonl"), candidateSchema), judging);
      await writeJsonl(at("samples.jsonl"), own.groups);
      evaluated.samples = own.groups;
    }
    if (settings.greedy) {
      const greedy = judge(questions, await readJsonl(at("greedy.jsonl"), candidateSchema), judging);
      evaluated.predictions = predictionsOf(questions, greedy.groups);
      await writeJsonl(at("predictions.jsonl"), evaluated.predictions);
    }
    await trackEvaluation(context, worker, inputs.checkpoint!, evaluated);
    const prompts = promptDigest(common.prompts.map(({ prompt }) => prompt));
    return { questions: questions.length, tokens, weights: digest, prompts };
  });
}

/** At the last step of the training that made the weights, in that training's own run. */
async function trackEvaluation(
  { track }: StageContext,
  worker: Worker,
  { key, manifest: { facts } }: Artefact,
  evaluated: Evaluated,
): Promise<void> {
  const run = await track?.(worker, "add", key);
  run?.log(typeof facts.steps === "number" ? facts.steps : 0, evaluationValues(evaluated));
  await run?.close();
}

function predictionsOf(questions: readonly Question[], groups: readonly Group[]): Prediction[] {
  const asked = new Map(questions.map((question) => [question.id, question]));
  return groups.map(({ id, task, prompt, answer, candidates: [candidate] }) => {
    const {
      text,
      extracted,
      correct,
      finish,
      logprob,
      tokens,
      byMode,
      noAnswer,
      stepsValid,
      firstWrongStep,
    } = candidate!;
    const { question, choices, difficulty, reference } = asked.get(id)!;
    return {
      questionId: id,
      task,
      question,
      prompt,
      text,
      extracted,
      answer,
      correct,
      ...(choices === undefined ? {} : { choices }),
      ...(noAnswer === undefined ? {} : { noAnswer }),
      ...(stepsValid === undefined ? {} : { stepsValid }),
      ...(firstWrongStep === undefined ? {} : { firstWrongStep }),
      ...(byMode === undefined ? {} : { byMode: byMode as Prediction["byMode"] }),
      ...(finish === undefined ? {} : { finish }),
      ...(logprob === undefined ? {} : { logprob }),
      ...(tokens === undefined ? {} : { tokens }),
      ...stepsOf(difficulty, reference),
    };
  });
}

/** How many steps its reference takes: as the question says, or else its equations; unknown where there are none. */
function stepsOf(difficulty: unknown, reference: string | undefined): { steps?: number } {
  if (typeof difficulty === "number" && Number.isInteger(difficulty) && difficulty >= 0)
    return { steps: difficulty };
  const found = reference === undefined ? 0 : equations(reference).length;
  return found === 0 ? {} : { steps: found };
}
