import { join } from "node:path";
import {
  type Model,
  promptSettings,
  type Task as TaskSettings,
  taskFileSettings,
  taskFolderSettings,
} from "../../config/index.ts";
import { inputError } from "../../core/errors.ts";
import { readJsonl, writeJsonl } from "../../core/jsonl.ts";
import { type Question, questionSchema } from "../../core/records.ts";
import {
  type Conversation,
  exampleQuestion,
  fewShotSplits,
  promptDigest,
  putQuestion,
  type Splits,
  taskOf,
} from "../../data/index.ts";
import type { Artefact } from "../store/store.ts";
import { type Base, baseInputs, baseSource } from "./base.ts";
import type { PlanNode } from "./context.ts";

/** A part of a task's questions: no content of one occurs in another. */
export type SplitName = "train" | "validation" | "test";
export const splitNames = ["train", "validation", "test"] as const satisfies readonly SplitName[];

/**
 * The task's questions, one file a split: generated, or read from the user's files. Each row carries the `prompt` that the
 * model is given; under the chat template, which the model's tokenizer renders, the `conversation` it is made of.
 */
export function questionsNode(settings: TaskSettings, identity: unknown, shown?: string): PlanNode {
  const { name: _name, use: _use, weight: _weight, prompt, ...own } = settings;
  // A file is known by its content, which is in `identity`, not by its place.
  const places: readonly string[] = [...taskFileSettings, ...taskFolderSettings];
  const elsewhere = Object.fromEntries(Object.entries(own).filter(([key]) => !places.includes(key)));
  const task = taskOf(settings);
  const put = promptSettings(prompt);
  const { stop: _stop, ...bearing } = put;
  const form = putQuestion(exampleQuestion(task.name), task, put);
  return {
    stage: "questions",
    ...(shown === undefined ? {} : { task: shown }),
    settings: { ...elsewhere, name: task.name, identity, prompt: { ...bearing, form } },
    inputs: {},
    async work({ directory, experiment }) {
      const { splits, examples } = fewShotSplits(await task.splits(), put.fewShot, own.seed, task.name);
      if (settings.use === "train") refuseEmpty(splits, "train", task.name);
      refuseEmpty(splits, experiment.stages.evaluate.split, task.name);
      const asked = (question: Question): Question => {
        const text = putQuestion(question, task, put, examples);
        return { ...question, ...(typeof text === "string" ? { prompt: text } : { conversation: text }) };
      };
      const rows = Object.fromEntries(
        splitNames.map((split) => [split, splits[split].map(asked)]),
      ) as unknown as Splits;
      return writeSplits(directory, rows);
    },
  };
}

/** Says that the files hold no question of a split that the run goes by; what the settings say of it was checked before. */
function refuseEmpty(splits: Splits, split: SplitName, task: string): void {
  if (splits[split].length > 0) return;
  const counts = splitNames.map((name) => `${splits[name].length} ${name}`);
  throw inputError({
    what: `${task}: its files give no ${split} questions`,
    found: counts.join(", "),
    expected: `at least one question to ${split === "train" ? "train on" : "evaluate on"}`,
    fix: "more rows, or another share of them for this split (shares, validation)",
  });
}

/** The questions with the `prompt` that the base model's own chat template makes of each conversation. */
export const promptsNode = (
  questions: PlanNode,
  base: Base,
  { revision }: Pick<Model, "revision">,
  seed: number,
): PlanNode => ({
  stage: "prompts",
  ...(questions.task === undefined ? {} : { task: questions.task }),
  ...("node" in base ? { seed } : {}),
  settings: base.settings,
  inputs: { ...baseInputs(base), questions },
  async work(context, inputs) {
    const worker = await context.worker();
    const tokenizer = { source: baseSource(base, inputs), ...(revision === undefined ? {} : { revision }) };
    const prompted = async (split: SplitName): Promise<Question[]> => {
      const rows = await readSplit(inputs.questions!, split);
      if (rows.length === 0) return [];
      const conversations = rows.map(({ conversation }) => ({ messages: conversation as Conversation }));
      const { texts } = await worker.request("prompt/render", { ...tokenizer, conversations });
      return rows.map(({ conversation: _, ...row }, at) => ({ ...row, prompt: texts[at]! }));
    };
    return writeSplits(context.directory, {
      train: await prompted("train"),
      validation: await prompted("validation"),
      test: await prompted("test"),
    });
  },
});

export const readSplit = (
  { directory }: Pick<Artefact, "directory">,
  split: SplitName,
): Promise<Question[]> => readJsonl(join(directory, `${split}.jsonl`), questionSchema);

async function writeSplits(directory: string, splits: Splits): Promise<Record<string, unknown>> {
  const counts: Record<string, number> = {};
  const prompts: string[] = [];
  for (const split of splitNames) {
    await writeJsonl(join(directory, `${split}.jsonl`), splits[split]);
    counts[split] = splits[split].length;
    for (const { prompt } of splits[split]) if (typeof prompt === "string") prompts.push(prompt);
  }
  if (prompts.length === 0) return counts;
  return { ...counts, prompt: { digest: promptDigest(prompts), first: prompts[0] } };
}
