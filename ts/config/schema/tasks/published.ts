/** What can be said of every task, and the settings of the published datasets' tasks. */
import { z } from "zod";
import { slug } from "../patterns.ts";
import { promptSchema } from "../prompt.ts";
import { count, positive, positiveNumber, text, texts } from "../values.ts";

/** What can be said of every task. */
export const common = {
  name: slug
    .optional()
    .meta({ description: "its name in ids, tables and charts; that of the task when left out" }),
  use: z.enum(["train", "evaluate"]).default("train").meta({
    description: "train: trained on and evaluated; evaluate: evaluated only, out of distribution",
  }),
  weight: positiveNumber.default(1).meta({
    description: "its share in training beside other tasks, times its number of questions (see mixture)",
  }),
  prompt: promptSchema.default("plain"),
};

/** A file of a task that is read rather than made. */
export const file = (what: string) =>
  text
    .optional()
    .meta({ description: `${what}, relative to this file; when left out that of \`aft data get\`` });

export const some = (split: string) =>
  positive.optional().meta({ description: `use this many ${split} questions; all when left out` });

const someOrNone = (split: string) =>
  count.optional().meta({ description: `use this many ${split} questions; all when left out` });

export const seed = (what: string) => count.default(1).meta({ description: what });

/** GSM8K, read from the user's own copy of the files. */
export const gsm8kTaskSchema = z.strictObject({
  ...common,
  task: z.literal("gsm8k").meta({ description: "GSM8K: grade-school word problems" }),
  trainFile: file("JSON Lines of {question, answer} rows, the training split"),
  testFile: file("JSON Lines of {question, answer} rows, the test split"),
  train: some("training"),
  validation: count.default(500).meta({ description: "training questions set aside for choosing settings" }),
  test: some("test"),
  annotations: z.enum(["keep", "strip"]).default("keep").meta({
    description:
      "of the references' calculator annotations, `<<48/2=24>>`: keep: as published; strip: left out",
  }),
  seed: seed("which training questions are set aside and used"),
});
export type Gsm8kTask = z.output<typeof gsm8kTaskSchema>;

/** GSM8K questions with ranked candidates, tested as GSM8K is. */
export const gsm8kRankTaskSchema = z.strictObject({
  ...common,
  task: z.literal("gsm8k-rank").meta({ description: "GSM8K questions whose candidates are ranked" }),
  trainFile: text.optional().meta({
    description:
      "JSON Lines of {question, answer?, candidates} rows, each candidate with a rank or a score, relative to this file",
  }),
  gsm8kTrainFile: file("GSM8K's training split, where rows without an answer find it by their question"),
  testFile: file("GSM8K's test split"),
  train: some("training"),
  validation: count.default(100).meta({ description: "training questions set aside for choosing settings" }),
  test: some("test"),
  generators: z.array(text).min(2).optional().meta({
    description:
      "names of what generated the candidates, the best first: ranks candidates that carry a `generator` and no rank or score",
  }),
  seed: seed("which training questions are set aside and used"),
});
export type Gsm8kRankTask = z.output<typeof gsm8kRankTaskSchema>;

const rows = "JSON Lines of {question, options, rationale, correct} rows";

/** AQuA-RAT, read from the published, untokenized files. */
export const aquaTaskSchema = z.strictObject({
  ...common,
  task: z.literal("aqua").meta({ description: "AQuA-RAT: algebra with five options" }),
  trainFile: file(`${rows}, the training split`),
  devFile: file(`${rows}, the published dev split, which is the validation split`),
  testFile: file(`${rows}, the test split`),
  train: some("training"),
  validation: someOrNone("dev"),
  test: some("test"),
  seed: seed("which training questions are used, where `train` takes some of them"),
});
export type AquaTask = z.output<typeof aquaTaskSchema>;

/** ECQA, joined with CommonsenseQA by id. */
export const ecqaTaskSchema = z.strictObject({
  ...common,
  task: z.literal("ecqa").meta({ description: "ECQA: common sense with five options and explanations" }),
  folder: text.optional().meta({
    description:
      "where ecqa.jsonl, author_split/ and cqa/ lie as published, relative to this file; when left out that of `aft data get`",
  }),
  train: some("training"),
  validation: someOrNone("validation"),
  test: some("test"),
  seed: seed("which training questions are used, where `train` takes some of them"),
});
export type EcqaTask = z.output<typeof ecqaTaskSchema>;

/** MMLU's test split: evaluated, never trained on. */
export const mmluTaskSchema = z.strictObject({
  ...common,
  use: z
    .literal("evaluate")
    .default("evaluate")
    .meta({ description: "evaluate: it has no solutions to train on" }),
  task: z.literal("mmlu").meta({ description: "MMLU: 57 subjects with four options, out of distribution" }),
  testFile: file("Parquet or JSON Lines of {question, subject, choices, answer} rows"),
  subjects: texts
    .optional()
    .meta({ description: "only these subjects, such as high_school_physics; all 57 when left out" }),
  test: some("test"),
  seed: seed("which questions are used, where `test` takes some of them"),
});
export type MmluTask = z.output<typeof mmluTaskSchema>;
