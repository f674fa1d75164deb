/** How many tokens an experiment's questions have, by the model's own tokenizer, of a sample of them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "../../bridge/index.ts";
import type { CreatedModel } from "../../config/index.ts";
import type { Question } from "../../core/records.ts";
import { sumOf } from "../../core/sum.ts";
import type { Conversation, SplitName } from "../../data/index.ts";
import type { Length, Lengths } from "../stages/cost.ts";
import { tokenizerTexts } from "../stages/create.ts";
import { labelOf, type PlanNode, recipeOf, type StageContext } from "../stages/node.ts";
import { eachSplit, readSplit } from "../stages/questions.ts";
import type { Place } from "../store/files.ts";
import type { Store } from "../store/store.ts";
import type { Example } from "./examples.ts";
import type { ModelShape } from "./shape.ts";

/** Counts tokens of texts. */
export type Count = (texts: readonly string[]) => Promise<number[]>;

/** At most so many questions of a split are counted. */
const countedQuestions = 500;

export type Splits<T> = Record<SplitName, T>;

/** The lengths of what a `questions` node holds; BOS and EOS included. */
export const lengthsOf = (questions: Splits<Question[]>, count: Count): Promise<Splits<Lengths>> =>
  eachSplit((split) => splitLengths(questions[split], count));

async function splitLengths(questions: readonly Question[], count: Count): Promise<Lengths> {
  const counted = spread(questions, countedQuestions);
  const prompts = await count(counted.map(promptText));
  const references = await count(counted.flatMap(({ reference }) => reference ?? []));
  return {
    questions: questions.length,
    prompt: lengthOf(prompts),
    reference: references.length === 0 ? undefined : lengthOf(references),
  };
}

/** The prompt, or under the model's own chat template the texts that it is made of. */
export function promptText({ prompt, conversation }: Question): string {
  if (typeof prompt === "string") return prompt;
  return (conversation as Conversation).map(({ content }) => content).join("\n");
}

/** With the one special token that a prompt begins with, or a response ends with. */
const lengthOf = (counts: readonly number[]): Length =>
  counts.length === 0
    ? { mean: 0, longest: 0 }
    : {
        mean: 1 + sumOf(counts, (tokens) => tokens) / counts.length,
        longest: 1 + counts.reduce((longest, tokens) => Math.max(longest, tokens), 0),
      };

/** At most `count` of the items, at equal distances. */
export function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(items.length, count) }, (_, at) => items[Math.floor(at * step)]!);
}

/** At most so many questions are rehearsed with. */
const mostExamples = 256;

/** Some of the questions, with a response each; those that the model cannot take are left out. */
export async function examplesOf(
  questions: readonly Question[],
  { shape: { maxPositions }, count }: { shape: Pick<ModelShape, "maxPositions">; count: Count },
): Promise<Example[]> {
  const some = spread(questions, mostExamples);
  const texts = some.map((question) => ({
    prompt: promptText(question),
    // Where there is no reference, a response is taken to be as long as the question.
    response: question.reference ?? question.question,
  }));
  const counts = await count(texts.flatMap(({ prompt, response }) => [prompt, response]));
  return texts
    .map((text, at) => ({ ...text, tokens: 2 + counts[2 * at]! + counts[2 * at + 1]! }))
    .filter(({ response, tokens }) => response !== "" && (maxPositions === 0 || tokens <= maxPositions));
}

/** The questions of a node: from the store, or made anew in a folder that is gone afterwards. */
export async function questionsOf(
  node: PlanNode,
  store: Store,
  context: Omit<StageContext, "directory" | "label">,
): Promise<Splits<Question[]>> {
  const made = await store.find(recipeOf(node));
  if (made !== undefined) return readSplits(made);
  const directory = await mkdtemp(join(tmpdir(), "aft-estimate-"));
  try {
    await node.run({ ...context, directory, label: labelOf(node) }, {});
    return await readSplits({ directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const readSplits = (questions: Place): Promise<Splits<Question[]>> =>
  eachSplit((split) => readSplit(questions, split));

/** By the tokenizer of a model that is there: a folder or a hub id. */
export const countWith =
  (worker: Worker, source: { source: string; revision?: string }): Count =>
  async (texts) =>
    (await worker.request("tokens/count", { ...source, texts: [...texts] })).counts;

export interface TrainedTokenizer {
  count: Count;
  /** Its own, within a folder that is deleted with it. */
  directory: string;
  folder: string;
  vocabularySize: number;
  /** Deletes its folder. */
  remove(): Promise<void>;
}

/** The tokenizer that a run will train, trained now on the same questions, in a folder that is gone afterwards. */
export async function trainTokenizer(
  { worker, scratch }: { worker: Worker; scratch: string },
  { tokenizer }: CreatedModel,
  questions: readonly Question[],
): Promise<TrainedTokenizer> {
  const folder = await mkdtemp(join(scratch, "aft-estimate-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const directory = join(folder, "tokenizer");
  try {
    const texts = tokenizerTexts(questions);
    const { vocabularySize } = await worker.request("tokenizer/train", { ...tokenizer, texts, directory });
    return { count: countWith(worker, { source: directory }), directory, folder, vocabularySize, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
