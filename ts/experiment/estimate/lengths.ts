/** How many tokens an experiment's questions have, by the model's own tokenizer, of a sample of them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Question } from "../../core/records.ts";
import type { Conversation } from "../../data/index.ts";
import { recipeOf } from "../plan/plan.ts";
import type { PlanNode, StageContext } from "../stages/context.ts";
import { readSplit, type SplitName, splitNames } from "../stages/questions.ts";
import type { Store } from "../store/store.ts";

export type Split = SplitName;

export interface Length {
  mean: number;
  longest: number;
}

export interface Lengths {
  questions: number;
  prompt: Length;
  /** undefined where no question has a reference. */
  reference: Length | undefined;
}

export type LengthsOf = Record<Split, Lengths>;

/** Counts tokens of texts. */
export type Count = (texts: readonly string[]) => Promise<number[]>;

/** Questions of a split that are counted. */
const most = 500;

/** The lengths of what a `questions` node holds; BOS and EOS included. */
export async function lengthsOf(questions: Record<Split, Question[]>, count: Count): Promise<LengthsOf> {
  const found = {} as LengthsOf;
  for (const split of splitNames) found[split] = await splitLengths(questions[split], count);
  return found;
}

async function splitLengths(questions: readonly Question[], count: Count): Promise<Lengths> {
  const some = spread(questions, most);
  const prompts = await count(some.map(promptText));
  const references = await count(
    some.flatMap(({ reference }) => (reference === undefined ? [] : [reference])),
  );
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
        mean: 1 + counts.reduce((sum, tokens) => sum + tokens, 0) / counts.length,
        longest: 1 + counts.reduce((longest, tokens) => Math.max(longest, tokens), 0),
      };

/** At most `count` of the items, at equal distances. */
export function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(items.length, count) }, (_, at) => items[Math.floor(at * step)]!);
}

/** The questions of a node: from the store, or made anew in a folder that is gone afterwards. */
export async function questionsOf(
  node: PlanNode,
  store: Store,
  context: Omit<StageContext, "directory">,
): Promise<Record<Split, Question[]>> {
  const made = await store.find(recipeOf(node));
  if (made !== undefined) return readSplits(made);
  const directory = await mkdtemp(join(tmpdir(), "aft-estimate-"));
  try {
    await node.work({ ...context, directory }, {});
    return await readSplits({ directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readSplits(questions: { directory: string }): Promise<Record<Split, Question[]>> {
  const found = {} as Record<Split, Question[]>;
  for (const split of splitNames) found[split] = await readSplit(questions, split);
  return found;
}
