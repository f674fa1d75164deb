/**
 * The task's questions, one file a split: generated, or read from the user's files. Each row carries the `prompt` that the
 * model is given; under the chat template, which the model's tokenizer renders, the `conversation` it is made of.
 */
import { z } from "zod";
import {
  promptSettings,
  type Task as TaskSettings,
  taskFileSettings,
  taskFolderSettings,
} from "../../config/index.ts";
import { inputError } from "../../core/errors.ts";
import { type Question, questionSchema } from "../../core/records.ts";
import {
  exampleQuestion,
  fewShotSplits,
  promptDigest,
  putQuestion,
  type SplitName,
  type Splits,
  splitNames,
  taskOf,
} from "../../data/index.ts";
import { type Place, RowsFile } from "../store/files.ts";
import { defineStage } from "./stage.ts";

/** One of each split, in the order of their names. */
const everySplit = <T>(partOf: (split: SplitName) => T): Record<SplitName, T> => ({
  train: partOf("train"),
  validation: partOf("validation"),
  test: partOf("test"),
});

/** {@link everySplit} of what is waited for, one after the other. */
export const eachSplit = async <T>(
  partOf: (split: SplitName) => Promise<T>,
): Promise<Record<SplitName, T>> => ({
  train: await partOf("train"),
  validation: await partOf("validation"),
  test: await partOf("test"),
});

export const splitFiles = everySplit((split) => new RowsFile(`${split}.jsonl`, questionSchema));

export const splitFacts = z.object({
  train: z.int(),
  validation: z.int(),
  test: z.int(),
  prompt: z
    .object({ digest: z.string(), first: z.string() })
    .optional()
    .meta({ description: "of all prompts, and the first one" }),
});

export interface QuestionsParams {
  settings: TaskSettings;
  /** Digests of the files that the questions come from, by the setting that names them. */
  identity: Readonly<Record<string, string>>;
}

export const questions = defineStage({
  name: "questions",
  codeVersion: 2,
  usesWorker: false,
  files: splitFiles,
  facts: splitFacts,
  settings({ settings, identity }: QuestionsParams) {
    const { name: _name, use: _use, weight: _weight, prompt, ...bearing } = settings;
    // A file is known by its content, which is in `identity`, not by its place.
    const places: readonly string[] = [...taskFileSettings, ...taskFolderSettings];
    const elsewhere = Object.fromEntries(
      Object.entries(bearing).filter(
        // Few words are what was made before there was a choice: the key says nothing of them.
        ([key, value]) => !places.includes(key) && !(key === "wording" && value === "terse"),
      ),
    );
    const task = taskOf(settings);
    const put = promptSettings(prompt);
    const { stop: _stop, ...promptKey } = put;
    const form = putQuestion(exampleQuestion(task.name), task, put);
    return {
      ...elsewhere,
      name: task.name,
      identity,
      prompt: { ...promptKey, form },
      // What an answer column holds is read by this rule, which once took a part of a form for the whole.
      ...(settings.task === "custom" && settings.answer.kind === "number"
        ? { answers: task.patterns.strict }
        : {}),
    };
  },
  inputs: () => ({}),
  async run({ directory, experiment }, { settings }) {
    const task = taskOf(settings);
    const put = promptSettings(settings.prompt);
    const { splits, examples } = fewShotSplits(await task.splits(), put.fewShot, settings.seed, task.name);
    if (settings.use === "train") refuseEmpty(splits, "train", task.name);
    refuseEmpty(splits, experiment.stages.evaluate.split, task.name);
    const withPrompt = (question: Question): Question => {
      const text = putQuestion(question, task, put, examples);
      return { ...question, ...(typeof text === "string" ? { prompt: text } : { conversation: text }) };
    };
    return writeSplits(
      { directory },
      everySplit((split) => splits[split].map(withPrompt)),
    );
  },
});

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

/** The first `count` questions of a split, or all; with `skip` those after so many, from the first again after the last. */
export async function readSplit(
  place: Place,
  split: SplitName,
  count?: number,
  skip?: number,
): Promise<Question[]> {
  return partOf(await splitFiles[split].read(place), count, skip);
}

/** `count` rows after the first `skip`, from the first again after the last, each once; all where there is no count. */
export const partOf = <T>(rows: readonly T[], count = rows.length, skip = 0): T[] =>
  Array.from({ length: Math.min(count, rows.length) }, (_, at) => rows[(skip + at) % rows.length]!);

export async function writeSplits(
  place: Place,
  splits: Record<SplitName, Question[]>,
): Promise<z.output<typeof splitFacts>> {
  for (const split of splitNames) await splitFiles[split].write(place, splits[split]);
  const counts = everySplit((split) => splits[split].length);
  const prompts = splitNames
    .flatMap((split) => splits[split])
    .flatMap(({ prompt }) => (typeof prompt === "string" ? [prompt] : []));
  if (prompts.length === 0) return counts;
  return { ...counts, prompt: { digest: promptDigest(prompts), first: prompts[0]! } };
}
